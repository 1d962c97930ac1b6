/* A table with a head of its own, such as a customer sends by mail: its columns are found by their headings. */
import { t } from "../core/words.js";

/** What other people call a column, and the labels it may have here, the likelier first. */
const MEANINGS = [
  [["qty", "quantity", "pcs", "pieces", "count", t("amount ordered"), "ordered"], ["quantity"]],
  [["price", t("unit price"), t("price each"), "each", "rate", "cost", t("unit cost"), t("price per unit")], ["price", t("unit price")]],
  [["sku", "code", t("item no"), t("item number"), t("item code"), t("product no"), t("product number"), t("product code"), "article", t("article no"), t("article number"), t("part no"), t("part number"), "style", "ref", "reference"], ["sku"]],
  [["description", "details", t("item description"), t("product description")], ["item", "description"]],
  [["item", "name", t("item name"), t("product name"), "product", "goods"], ["item", "product", "description"]],
  [["unit", "uom", t("unit of measure")], ["unit"]],
  [["taxable", "tax"], ["taxable"]],
  [["total", "line total", "amount", "sum", "extended", t("ext price"), "subtotal"], ["amount"]],
  [["line", "no", "nr", "pos", "position", "line no", "line number"], ["line"]],
];
const NUMBERS_OF_GOODS = MEANINGS[2][0];

function plain(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** The column of a heading: by another name of it, else by its very label; each column once. */
function columnOf(heading, columns, taken) {
  const word = plain(heading);
  if (!word) return null;
  const free = (label) => columns.find((column) => plain(column.spec.label) === label && !taken.has(column));
  const labels = MEANINGS.find(([words]) => words.includes(word))?.[1] ?? [];
  return [...labels, word].map(free).find(Boolean) ?? null;
}

/** Texts of several columns where they stand in the grid; what lies between is left alone. */
function arrange(rows, placed) {
  const left = Math.min(...placed.map(({ cell }) => cell));
  const right = Math.max(...placed.map(({ cell }) => cell));
  return {
    left,
    rows: rows.map((row) => {
      const line = Array.from({ length: right - left + 1 }, () => undefined);
      for (const { from, cell } of placed) line[cell - left] = row[from] ?? "";
      return line;
    }),
  };
}

/** {rows, left, words}: the block in the grid's own columns; null when its first row is no head. */
export function byHeads(sheet, rows) {
  const [head, ...rest] = rows;
  if (rest.length === 0) return null;
  const columns = sheet.grid.getColumns().map((column, cell) => ({ ...column, cell })).filter((column) => column.spec);
  const taken = new Set();
  const found = head.map((text, from) => {
    const column = columnOf(text, columns, taken);
    if (column) taken.add(column);
    return { text, from, column };
  });
  const named = found.filter(({ column }) => column);
  if (named.length < 2 || named.length * 2 < head.filter((text) => text.trim()).length) return null;
  const placed = named.filter(({ column }) => column.spec.editable && column.spec.name !== sheet.config.place).map(({ text, from, column }) => ({ text, from, cell: column.cell, label: column.spec.label }));
  // A number of goods names the product as well, which brings its own words and price.
  const code = found.find(({ text }) => NUMBERS_OF_GOODS.includes(plain(text)));
  const product = columns.find((column) => column.spec.lookup && plain(column.spec.label) === "product" && !taken.has(column));
  if (code && product) placed.push({ text: code.text, from: code.from, cell: product.cell, label: product.spec.label });
  if (!placed.length) return null;
  const used = new Set(placed.map(({ from }) => from));
  const left = found.filter(({ text, from, column }) => text.trim() && !used.has(from) && column?.spec.editable !== false && column?.spec.name !== sheet.config.place);
  const words = t("Read by its heads: {placed}.", { placed: placed.map(({ text, label }) => (plain(text) === plain(label) ? label : t("{text} as {label}", { text: text.trim(), label }))).join(", ") });
  return { ...arrange(rest, placed), words: left.length ? t("{words} Left out: {left}.", { words, left: left.map(({ text }) => text.trim()).join(", ") }) : words };
}
