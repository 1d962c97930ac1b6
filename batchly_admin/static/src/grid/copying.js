/* Copy as text and as a table, with or without the heads, from one range or several that line up. */
import { announce } from "../core/announce.js";
import { NUMBER_KINDS, plural } from "../core/format.js";
import { t } from "../core/words.js";
import { toast, toastError } from "../ui/toast.js";
import { MOST_READ, allLoaded, cellText, rowsOf, specAt, tooMany, writeBoxes } from "./blocks.js";
import { parts } from "./later.js";
import { cellCount, currentBoxes } from "./ranges.js";
import { formatTsv } from "./tsv.js";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Ranges as one table: the same columns stack, the same rows stand side by side; null when they do neither. */
export function alignment(boxes) {
  const [first] = boxes;
  if (boxes.every((box) => box.left === first.left && box.right === first.right)) return "stacked";
  if (boxes.every((box) => box.top === first.top && box.bottom === first.bottom)) return "beside";
  return null;
}

function cellsOf(box) {
  return Array.from({ length: box.right - box.left + 1 }, (_none, index) => box.left + index);
}

function html(sheet, heads, lines, cells) {
  const safe = (text) => text.replace(/[&<>"]/g, (char) => ESCAPES[char]).replaceAll("\n", '<br style="mso-data-placement:same-cell">');
  // Without this mark a spreadsheet reads 007 as the number 7.
  const looks = cells.map((cell) => (NUMBER_KINDS.has(specAt(sheet, cell).kind) || specAt(sheet, cell).kind.startsWith("date") ? "" : " style=\"mso-number-format:'\\@'\""));
  const row = (texts) => `<tr>${texts.map((text, index) => `<td${looks[index]}>${safe(text)}</td>`).join("")}</tr>`;
  const head = heads ? `<thead><tr>${heads.map((text) => `<th>${safe(text)}</th>`).join("")}</tr></thead>` : "";
  return `<meta charset="utf-8"><table data-batchly="1">${head}<tbody>${lines.map(row).join("")}</tbody></table>`;
}

/** {text, html} of the ranges; `rows` are the rows of each. */
function formats(sheet, boxes, rows, way, withHeads) {
  const side = way === "beside" && boxes.length > 1;
  const ordered = boxes.map((box, index) => ({ box, rows: rows[index] })).sort((a, b) => (side ? a.box.left - b.box.left : a.box.top - b.box.top));
  const cells = side ? ordered.flatMap(({ box }) => cellsOf(box)) : cellsOf(boxes[0]);
  const items = (side ? ordered[0].rows : ordered.flatMap((one) => one.rows)).filter(Boolean);
  const lines = items.map((item) => cells.map((cell) => cellText(sheet, item, cell)));
  const heads = withHeads ? cells.map((cell) => specAt(sheet, cell).label) : null;
  return { text: formatTsv(heads ? [heads, ...lines] : lines), html: html(sheet, heads, lines, cells) };
}

function copyLater(sheet, boxes, way, withHeads) {
  if (!navigator.clipboard?.write) {
    return Promise.reject(new Error(t("This browser copies only rows that are loaded. Scroll through them first, or use Export.")));
  }
  const made = Promise.all(boxes.map((box) => rowsOf(sheet, box.top, box.bottom))).then((rows) => formats(sheet, boxes, rows, way, withHeads));
  const item = new ClipboardItem({
    "text/plain": made.then(({ text }) => new Blob([text], { type: "text/plain" })),
    "text/html": made.then((found) => new Blob([found.html], { type: "text/html" })),
  });
  return navigator.clipboard.write([item]);
}

/** Answers a copy event: a promise that it is on the clipboard, or null when there is nothing to copy. */
export function copyMarked(sheet, event, withHeads = false) {
  const boxes = currentBoxes(sheet);
  if (!boxes.length || tooMany(boxes, MOST_READ, t("Use Export for whole tables."))) return null;
  event.preventDefault();
  const way = alignment(boxes);
  if (!way) {
    toast(t("These ranges have neither the same rows nor the same columns, so they cannot be copied together."), { tone: "amber" });
    return null;
  }
  let done = Promise.resolve();
  if (boxes.every((box) => allLoaded(sheet, box.top, box.bottom))) {
    const rows = boxes.map((box) => Array.from({ length: box.bottom - box.top + 1 }, (_none, index) => sheet.store.getItem(box.top + index)));
    const made = formats(sheet, boxes, rows, way, withHeads);
    event.clipboardData.setData("text/plain", made.text);
    event.clipboardData.setData("text/html", made.html);
  } else done = copyLater(sheet, boxes, way, withHeads);
  done.then(() => announce(t("{cells} copied{withHeads}", { cells: plural(cellCount(boxes), "cell"), withHeads: withHeads ? " " + t("with heads") : "" })), toastError);
  return done;
}

/** Empties every marked cell, as one change set; files are asked about. */
export async function clearMarked(sheet) {
  const boxes = currentBoxes(sheet);
  const empty = (item, spec, _row, cell) => (spec?.kind === "files" || cellText(sheet, item, cell) === "" ? undefined : "");
  await writeBoxes(sheet, boxes, empty, "cell").catch(toastError);
  if (sheet.config.can.edit && boxes.some((box) => cellsOf(box).some((cell) => specAt(sheet, cell)?.kind === "files"))) {
    parts().then(({ removeMarked }) => removeMarked(sheet, boxes), () => {});
  }
}

/** Copies by command: the event then comes to the page, not to the grid. */
export function copyRange(sheet, withHeads = false) {
  sheet.grid.focus();
  const answer = (event) => {
    event.stopPropagation();
    copyMarked(sheet, event, withHeads);
  };
  document.addEventListener("copy", answer, { capture: true });
  document.execCommand("copy");
  document.removeEventListener("copy", answer, { capture: true });
}
