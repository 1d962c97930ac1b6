/* Reading and writing blocks of cells, rows that are not loaded included; every write is one change set. */
import { editText, plural } from "../core/format.js";
import { t } from "../core/words.js";
import { toast } from "../ui/toast.js";
import { cellCount } from "./ranges.js";
import { PAGE } from "./store.js";

export const MOST_READ = 100_000;
export const MOST_WRITTEN = 10_000;
const MOST_LOOKED = 4000;
const PAGES = 5;
const AT_ONCE = 4;

export function specAt(sheet, cell) {
  return sheet.grid.getColumns()[cell]?.spec;
}

/** The text of a cell as it is copied and edited. */
export function cellText(sheet, item, cell) {
  const column = sheet.grid.getColumns()[cell];
  // A row that is not saved yet has its texts only.
  if (item?.shown) return item.shown[column?.spec?.name] ?? "";
  return item && column?.spec ? editText(column.spec, item.v[column.at]) : "";
}

export function tooMany(boxes, most, advice) {
  const cells = cellCount(boxes);
  if (cells <= most) return false;
  toast(t("That is {cells}; the limit is {cells2}. {advice}", { cells: plural(cells, "cell"), cells2: plural(most, "cell"), advice }), { tone: "amber" });
  return true;
}

/** Whether every row is at hand; the head of a group is nothing to load. */
export function allLoaded(sheet, top, bottom) {
  if (bottom - top > MOST_LOOKED) return false;
  for (let row = top; row <= bottom; row += 1) if (!sheet.store.getItem(row) && !sheet.store.header?.(row)) return false;
  return true;
}

/** Where rows of the grid stand in the ordered table, as spans; rows under group heads are not one run. */
export function spansOf(sheet, top, bottom) {
  const { store } = sheet;
  if (!store.grouped) return [[top, bottom]];
  return store.runs
    .map((run) => [run.offset + Math.max(0, top - run.row), run.offset + Math.min(run.count - 1, bottom - run.row)])
    .filter(([from, to]) => from <= to);
}

async function readPages(store, missing, found) {
  for (let next = missing.shift(); next; next = missing.shift()) {
    const { page } = next;
    const rows = await store.request(page, next.count);
    rows.forEach(([id, version, lock, ...v], index) => found.set(page * PAGE + index, { id, version, lock, v }));
  }
}

/** The rows from top to bottom, none for a group's head; those not loaded are read past the store, which would throw them away again. */
export async function rowsOf(sheet, top, bottom) {
  const { store } = sheet;
  const found = new Map();
  const missing = [];
  for (const [from, to] of store.request ? spansOf(sheet, top, bottom) : []) {
    for (let page = Math.floor(from / PAGE); page * PAGE <= to; page += 1) {
      const last = missing.at(-1);
      if (store.pages.has(page) || (last && page < last.page + last.count)) continue;
      if (last && last.page + last.count === page && last.count < PAGES) last.count += 1;
      else missing.push({ page, count: 1 });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, () => readPages(store, missing, found)));
  const placeOf = (row) => (store.grouped ? store.placeOf(row) : row);
  return Array.from({ length: bottom - top + 1 }, (_none, index) => store.getItem(top + index) ?? found.get(placeOf(top + index)));
}

function tellLeftOut({ locked, fixed }) {
  const parts = [locked && t("{cells} in locked rows", { cells: plural(locked, "cell") }), fixed && t("{cells} in columns that cannot be edited", { cells: plural(fixed, "cell") })].filter(Boolean);
  if (parts.length) toast(t("Left out: {parts}.", { parts: parts.join(", ") }), { tone: "amber" });
}

/** Sorts entries {item, spec, text} into those that can be written and those that cannot. */
export function writable(sheet, entries) {
  const left = { locked: 0, fixed: 0 };
  const list = entries.filter(({ item, spec }) => {
    if (!spec.editable || !sheet.config.can.edit) left.fixed += 1;
    else if (item.lock) left.locked += 1;
    else return true;
    return false;
  });
  return { list, left };
}

/** Writes entries as one change set, and tells what was left out. */
export async function writeCells(sheet, entries, source) {
  const { list, left } = writable(sheet, entries);
  tellLeftOut(left);
  if (list.length) await sheet.changes.commit(list, source);
  return list.length;
}

/** Writes boxes of cells; `textFor(item, spec, row, cell)` gives the text, undefined to leave a cell alone. */
export async function writeBoxes(sheet, boxes, textFor, source) {
  if (tooMany(boxes, MOST_WRITTEN, t("Filter first, or use a bulk action."))) return;
  const entries = new Map();
  for (const box of boxes) {
    const rows = await rowsOf(sheet, box.top, box.bottom);
    rows.forEach((item, index) => {
      for (let cell = box.left; item && cell <= box.right; cell += 1) {
        const spec = specAt(sheet, cell);
        const text = textFor(item, spec, box.top + index, cell);
        if (text !== undefined) entries.set(`${item.id} ${cell}`, { item, spec, text });
      }
    });
  }
  await writeCells(sheet, [...entries.values()], source);
}
