/* What the clipboard holds as a block of texts: from tabs and quotes, or from the table in its HTML. */
import { parseTsv } from "./tsv.js";

const BREAKS = "br, p, div, li";

/** The text of a cell of an HTML table: its own line breaks, no layout spaces. */
function cellText(node) {
  const copy = node.cloneNode(true);
  for (const part of copy.querySelectorAll("style, script")) part.remove();
  for (const part of copy.querySelectorAll(BREAKS)) part.after("\u0001");
  return copy.textContent.replace(/[\s\u00a0]+/g, " ").split("\u0001").map((line) => line.trim()).join("\n").trim();
}

/** The rows of the only table of an HTML text, merged cells spread out; null when there is no such table. */
export function parseTable(html) {
  if (!/<table/i.test(html)) return null;
  const tables = new DOMParser().parseFromString(html, "text/html").querySelectorAll("table");
  if (tables.length !== 1) return null;
  const rows = [...tables[0].rows].map(() => []);
  [...tables[0].rows].forEach((line, row) => {
    let at = 0;
    for (const cell of line.cells) {
      while (rows[row][at] !== undefined) at += 1;
      const text = cellText(cell);
      for (let down = 0; down < Math.min(cell.rowSpan || 1, rows.length - row); down += 1) {
        for (let right = 0; right < cell.colSpan; right += 1) rows[row + down][at + right] = down || right ? "" : text;
      }
      at += cell.colSpan;
    }
  });
  return rows.length ? rows.map((row) => Array.from(row, (text) => text ?? "")) : null;
}

function sameShape(one, other) {
  return one.length === other.length && one.every((row, at) => row.length === other[at].length);
}

/** {rows, own}: the texts of a paste, and whether our own grid copied them; null when there are none. */
export function readBlock(data) {
  const text = data.getData("text/plain");
  const html = data.getData("text/html");
  const own = html.includes("data-batchly");
  const lines = text ? parseTsv(text) : null;
  if (own && lines) return { rows: lines, own };
  const table = html ? parseTable(html) : null;
  // The plain text is exact where both agree; a program that writes line breaks without quotes does not.
  const rows = table && !(lines && sameShape(lines, table)) ? table : lines;
  return rows ? { rows, own } : null;
}
