/* Copy, cut, paste, clear and fill down over ranges, rows not loaded yet included. */
import { announce } from "../core/announce.js";
import { editText, plural } from "../core/format.js";
import { toast, toastError } from "../ui/toast.js";
import { currentRange } from "./ranges.js";
import { formatTsv, parseTsv } from "./tsv.js";

const MOST_CELLS = 20_000;

function specAt(sheet, cell) {
  return sheet.grid.getColumns()[cell]?.spec;
}

function tooLarge(range) {
  const cells = (range.bottom - range.top + 1) * (range.right - range.left + 1);
  if (cells <= MOST_CELLS) return false;
  toast(`That is ${plural(cells, "cell")}; the limit is ${plural(MOST_CELLS, "cell")}. Use Export for whole tables.`, { tone: "amber" });
  return true;
}

function textOf(sheet, range) {
  const rows = [];
  for (let row = range.top; row <= range.bottom; row += 1) {
    const item = sheet.store.getItem(row);
    const cells = [];
    for (let cell = range.left; cell <= range.right; cell += 1) {
      const column = sheet.grid.getColumns()[cell];
      cells.push(item ? editText(column.spec, item.v[column.at]) : "");
    }
    rows.push(cells);
  }
  return formatTsv(rows);
}

function loaded(sheet, range) {
  for (let row = range.top; row <= range.bottom; row += 1) if (!sheet.store.getItem(row)) return false;
  return true;
}

function copy(sheet, event) {
  const range = currentRange(sheet);
  if (!range || tooLarge(range)) return false;
  event.preventDefault();
  const count = (range.bottom - range.top + 1) * (range.right - range.left + 1);
  if (loaded(sheet, range)) {
    event.clipboardData.setData("text/plain", textOf(sheet, range));
  } else {
    const text = sheet.store.ensure(range.top, range.bottom).then(() => new Blob([textOf(sheet, range)], { type: "text/plain" }));
    navigator.clipboard?.write([new ClipboardItem({ "text/plain": text })]).catch(toastError);
  }
  announce(`${plural(count, "cell")} copied`);
  return true;
}

/** Changes for a block of target cells; `textFor(row, cell)` answers the text or undefined to leave a cell alone. */
function collect(sheet, range, textFor) {
  const list = [];
  const skipped = { locked: 0, fixed: 0 };
  for (let row = range.top; row <= range.bottom; row += 1) {
    const item = sheet.store.getItem(row);
    if (!item) continue;
    for (let cell = range.left; cell <= range.right; cell += 1) {
      const spec = specAt(sheet, cell);
      const text = textFor(row, cell);
      if (!spec || text === undefined) continue;
      if (item.lock) skipped.locked += 1;
      else if (!spec.editable || !sheet.config.can.edit) skipped.fixed += 1;
      else list.push({ item, spec, text });
    }
  }
  return { list, skipped };
}

function tellSkipped({ locked, fixed }, beyond = 0) {
  const parts = [
    locked && `${plural(locked, "cell")} in locked rows`,
    fixed && `${plural(fixed, "cell")} in columns that cannot be edited`,
    beyond > 0 && `${plural(beyond, "row")} beyond the last row`,
  ].filter(Boolean);
  if (parts.length) toast(`Left out: ${parts.join(", ")}.`, { tone: "amber" });
}

async function applyBlock(sheet, range, textFor, source, beyond = 0) {
  await sheet.store.ensure(range.top, range.bottom);
  const { list, skipped } = collect(sheet, range, textFor);
  tellSkipped(skipped, beyond);
  if (list.length) await sheet.changes.commit(list, source);
}

/** Where pasted rows land: a repeated block when the selection is a multiple of it, else from the top left corner. */
function pasteTarget(sheet, range, height, width) {
  const rows = range.bottom - range.top + 1;
  const cells = range.right - range.left + 1;
  const repeat = rows % height === 0 && cells % width === 0;
  const last = sheet.grid.getColumns().length - 1;
  return {
    top: range.top,
    left: range.left,
    bottom: Math.min(sheet.store.total - 1, repeat ? range.bottom : range.top + height - 1),
    right: Math.min(last, repeat ? range.right : range.left + width - 1),
  };
}

function paste(sheet, event) {
  const range = currentRange(sheet);
  const text = event.clipboardData.getData("text/plain");
  if (!range || !text) return;
  event.preventDefault();
  const block = parseTsv(text);
  const width = Math.max(...block.map((row) => row.length));
  const target = pasteTarget(sheet, range, block.length, width);
  if (tooLarge(target)) return;
  const beyond = range.top + block.length - sheet.store.total;
  const textFor = (row, cell) => block[(row - target.top) % block.length][(cell - target.left) % width];
  applyBlock(sheet, target, textFor, "paste", beyond).catch(toastError);
  sheet.selectBox(target);
}

export function clearRange(sheet) {
  const range = currentRange(sheet);
  if (range && !tooLarge(range)) applyBlock(sheet, range, () => "", "cell").catch(toastError);
}

/** Ctrl+D: the first row of the range goes into the rows below. */
export async function fillDown(sheet) {
  const range = currentRange(sheet);
  if (!range || range.bottom === range.top || tooLarge(range)) return;
  try {
    await sheet.store.ensure(range.top, range.bottom);
    const first = sheet.store.getItem(range.top);
    const textFor = (_row, cell) => editText(specAt(sheet, cell), first.v[sheet.grid.getColumns()[cell].at]);
    await applyBlock(sheet, { ...range, top: range.top + 1 }, textFor, "fill");
  } catch (error) {
    toastError(error);
  }
}

export function copyRange(sheet) {
  sheet.grid.focus();
  document.execCommand("copy");
}

export function startClipboard(sheet) {
  const editing = () => sheet.grid.getCellEditor();
  sheet.area.addEventListener("copy", (event) => {
    if (!editing()) copy(sheet, event);
  });
  sheet.area.addEventListener("cut", (event) => {
    if (!editing() && copy(sheet, event)) clearRange(sheet);
  });
  sheet.area.addEventListener("paste", (event) => {
    if (!editing()) paste(sheet, event);
  });
}
