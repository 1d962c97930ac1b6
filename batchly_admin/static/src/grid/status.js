/* The line below the grid: rows, ticked rows, exact sum and average of the marked numbers, what is wrong here. */
import { h } from "../core/dom.js";
import { addDecimals, decimalText, divideDecimal, parseDecimal } from "../core/decimal.js";
import { NUMBER_KINDS, displayText, plainNumber, plural } from "../core/format.js";
import { currentRange } from "./ranges.js";

const MOST_CELLS = 100_000;

/** Count, sum and average over a range's loaded numbers; null when there are none. */
export function summarize(sheet, range) {
  const columns = sheet.grid.getColumns().slice(range.left, range.right + 1).filter((column) => NUMBER_KINDS.has(column.spec?.kind));
  const rows = range.bottom - range.top + 1;
  if (!columns.length || rows * columns.length > MOST_CELLS) return null;
  let sum = { units: 0n, scale: 0 };
  let count = 0;
  let missing = 0;
  for (let row = range.top; row <= range.bottom; row += 1) {
    const item = sheet.store.getItem(row);
    if (!item) {
      missing += 1;
      continue;
    }
    for (const column of columns) {
      const value = item.v[column.at];
      const number = value === null || value === "" ? null : parseDecimal(value);
      if (number) {
        sum = addDecimals(sum, number);
        count += 1;
      }
    }
  }
  const kinds = new Set(columns.map((column) => column.spec.kind));
  return count ? { sum, count, missing, kind: kinds.size === 1 ? [...kinds][0] : "quantity", scale: columns[0].spec.scale ?? 2 } : null;
}

function numbers(sheet) {
  const range = currentRange(sheet);
  if (!range || range.right < range.left || (range.top === range.bottom && range.left === range.right)) return [];
  const cells = (range.bottom - range.top + 1) * (range.right - range.left + 1);
  const found = summarize(sheet, range);
  const parts = [h("span", {}, "Cells ", h("b", {}, plainNumber(String(cells))))];
  if (!found) return parts;
  const show = (value) => displayText({ kind: found.kind }, decimalText(value));
  const average = divideDecimal(found.sum, found.count, Math.max(2, Math.min(4, found.sum.scale)));
  parts.push(
    h("span", { data: { stat: "sum" } }, "Sum ", h("b", {}, show(found.sum))),
    h("span", { data: { stat: "average" } }, "Average ", h("b", {}, show(average))),
    h("span", { data: { stat: "count" } }, "Numbers ", h("b", {}, plainNumber(String(found.count)))),
  );
  if (found.missing) parts.push(h("span", { class: "muted" }, `${plural(found.missing, "row")} not loaded`));
  return parts;
}

function trouble(sheet) {
  const active = sheet.grid.getActiveCell();
  const item = active && sheet.store.getItem(active.row);
  if (!item) return null;
  const spec = sheet.grid.getColumns()[active.cell]?.spec;
  const state = spec && sheet.states.get(item.id, spec.name);
  const words = state?.reason ?? sheet.states.rowErrors.get(item.id);
  if (words) return h("span", { class: "tone-red" }, words);
  return item.lock ? h("span", { class: "muted" }, item.lock) : null;
}

export function startStatus(sheet) {
  const node = document.getElementById("grid-status");
  const { store, selection } = sheet;
  let planned = 0;
  const draw = () => {
    planned = 0;
    const rows = store.counted ? plural(store.total, "row") : store.total ? "Counting…" : "Loading…";
    node.replaceChildren(
      ...[
        h("span", { data: { stat: "rows" } }, h("b", {}, rows)),
        selection.size > 0 && h("span", {}, h("b", {}, plainNumber(String(selection.size))), " selected"),
        ...numbers(sheet),
        trouble(sheet),
      ].filter(Boolean),
    );
  };
  const plan = () => {
    if (!planned) planned = requestAnimationFrame(draw);
  };
  store.on("total", plan);
  store.on("rows", plan);
  selection.onchange(plan);
  sheet.ranges.onSelectedRangesChanged.subscribe(plan);
  sheet.grid.onActiveCellChanged.subscribe(plan);
  plan();
}
