/* Count, sum, average, least and most of marked cells: exact, each cell once, by the server where rows are not loaded. */
import { addDecimals, decimalText, divideDecimal, parseDecimal } from "../core/decimal.js";
import { NUMBER_KINDS } from "../core/format.js";
import { getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { allLoaded, spansOf, specAt } from "./blocks.js";

const WAIT = 180;
const MOST_PARTS = 30;

/** Spans of rows without overlap, in order. */
function joined(spans) {
  const out = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

/** Boxes as parts that share no cell: columns with the spans of rows that are marked in them. */
export function partsOf(boxes) {
  const spans = new Map();
  for (const box of boxes) {
    for (let cell = box.left; cell <= box.right; cell += 1) spans.set(cell, [...(spans.get(cell) ?? []), [box.top, box.bottom]]);
  }
  const parts = new Map();
  for (const [cell, list] of spans) {
    const rows = joined(list);
    const key = JSON.stringify(rows);
    if (!parts.has(key)) parts.set(key, { cells: [], rows });
    parts.get(key).cells.push(cell);
  }
  return [...parts.values()];
}

function less(a, b) {
  return addDecimals(a, { units: -b.units, scale: b.scale }).units < 0n;
}

/** The figures of one column over loaded rows, as the server gives them. */
function measure(sheet, cell, rows) {
  const column = sheet.grid.getColumns()[cell];
  const isNumber = NUMBER_KINDS.has(column.spec.kind);
  const found = { column: column.id, count: 0, sum: null, min: null, max: null };
  let [sum, min, max] = [null, null, null];
  for (const [from, to] of rows) {
    for (let row = from; row <= to; row += 1) {
      const value = sheet.store.getItem(row)?.v[column.at];
      if (value === null || value === undefined || value === "") continue;
      found.count += 1;
      const number = isNumber ? parseDecimal(value) : null;
      if (number) {
        sum = sum ? addDecimals(sum, number) : number;
        if (!min || less(number, min)) min = number;
        if (!max || less(max, number)) max = number;
      } else if (column.spec.kind === "date") {
        if (!found.min || value < found.min) found.min = value;
        if (!found.max || value > found.max) found.max = value;
      }
    }
  }
  return sum ? { ...found, sum: decimalText(sum), min: decimalText(min), max: decimalText(max) } : found;
}

function kindOf(kinds) {
  if (kinds.size === 1) return [...kinds][0];
  return [...kinds].every((kind) => kind === "money" || kind === "price") ? "price" : "quantity";
}

/** One answer out of the figures of all columns. */
function combined(sheet, figures) {
  const all = figures.map((figure) => ({ ...figure, kind: sheet.spec(figure.column).kind }));
  const count = all.reduce((total, one) => total + one.count, 0);
  const sums = all.filter((one) => one.sum !== null && one.count);
  if (!sums.length) {
    const days = all.filter((one) => one.kind === "date" && one.min !== null);
    const only = days.length && all.every((one) => one.kind === "date");
    return { count, numbers: 0, sum: null, kind: "date", min: only ? days.map((one) => one.min).sort()[0] : null, max: only ? days.map((one) => one.max).sort().at(-1) : null };
  }
  const total = sums.map((one) => parseDecimal(one.sum)).reduce(addDecimals);
  const numbers = sums.reduce((sum, one) => sum + one.count, 0);
  const min = sums.map((one) => parseDecimal(one.min)).reduce((a, b) => (less(b, a) ? b : a));
  const max = sums.map((one) => parseDecimal(one.max)).reduce((a, b) => (less(a, b) ? b : a));
  const average = divideDecimal(total, numbers, Math.max(2, Math.min(4, total.scale)));
  return { count, numbers, kind: kindOf(new Set(sums.map((one) => one.kind))), sum: decimalText(total), average: decimalText(average), min: decimalText(min), max: decimalText(max) };
}

/** Keeps the figures of what is marked; `told` is called when the server has answered. */
export class Sums {
  constructor(sheet, told) {
    this.sheet = sheet;
    this.told = told;
    this.asked = null;
    this.answer = null;
    sheet.query.onchange(() => this.forget());
    sheet.store.on("total", () => this.forget());
  }

  forget() {
    this.asked = null;
    this.answer = null;
  }

  of(boxes) {
    const { sheet } = this;
    if (boxes.every((box) => allLoaded(sheet, box.top, box.bottom))) {
      this.forget();
      return combined(sheet, partsOf(boxes).flatMap(({ cells, rows }) => cells.map((cell) => measure(sheet, cell, rows))));
    }
    const parts = partsOf(boxes).map(({ cells, rows }) => ({ columns: cells.map((cell) => specAt(sheet, cell).name), rows: rows.flatMap(([from, to]) => spansOf(sheet, from, to)) }));
    if (parts.length > MOST_PARTS || !this.sheet.config.urls.summary) return { failed: t("Too many pieces to add up.") };
    const key = JSON.stringify(parts);
    if (key !== this.asked) this.ask(key);
    return this.answer ?? "asking";
  }

  ask(key) {
    this.asked = key;
    this.answer = null;
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      let answer;
      try {
        const { urls } = this.sheet.config;
        const { columns } = await getJson(`${urls.summary}?parts=${encodeURIComponent(key)}&${this.sheet.query.params()}`);
        answer = combined(this.sheet, columns);
      } catch (error) {
        answer = { failed: error.message };
      }
      if (this.asked !== key) return;
      this.answer = answer;
      this.told();
    }, WAIT);
  }
}
