/* Where the keys of a spreadsheet lead: with Ctrl to the edge of the data, with Shift stretching the range. */
import { getJson } from "../core/http.js";
import { toastError } from "../ui/toast.js";
import { currentBoxes } from "./ranges.js";

const WAYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const KEYS = new Set([...Object.keys(WAYS), "Home", "End", "PageUp", "PageDown"]);

function empty(value) {
  return value === null || value === undefined || value === "";
}

/** The row where a column's data ends, or begins again, going down (1) or up (-1). The server looks: most rows are not here. */
export async function edgeRow(sheet, row, column, way) {
  const { store } = sheet;
  // Under group heads, and in the lines of a record, the table's ends are the edges.
  if (store.grouped || !sheet.config.urls.edge) return way > 0 ? Math.max(0, store.getLength() - 1) : 0;
  const params = `column=${column.id}&row=${row}&way=${way < 0 ? "up" : "down"}&${sheet.query.params()}`;
  return (await getJson(`${sheet.config.urls.edge}?${params}`)).row;
}

function edgeCell(sheet, { row, cell }, way) {
  const columns = sheet.grid.getColumns();
  const item = sheet.store.getItem(row);
  const end = way > 0 ? columns.length - 1 : 1;
  const full = (at) => !empty(item.v[columns[at].at]);
  if (!item || (end - cell) * way <= 0) return end;
  const inside = cell > 0 && full(cell) && full(cell + way);
  let at = cell + way;
  while (at !== end && (inside ? full(at + way) : !full(at))) at += way;
  return at;
}

function target(sheet, event, from) {
  const lastRow = Math.max(0, sheet.store.getLength() - 1);
  const lastCell = sheet.grid.getColumns().length - 1;
  const control = event.ctrlKey || event.metaKey;
  const page = Math.max(1, sheet.grid.getViewportRowCount() - 1);
  const way = WAYS[event.key];
  if (way && control && way[1]) return { row: from.row, cell: edgeCell(sheet, from, way[1]) };
  if (way && control) return edgeRow(sheet, from.row, sheet.grid.getColumns()[Math.max(1, from.cell)], way[0]).then((row) => ({ row: Math.min(row, lastRow), cell: from.cell }));
  if (way) return { row: Math.max(0, Math.min(lastRow, from.row + way[0])), cell: Math.max(event.shiftKey ? 1 : 0, Math.min(lastCell, from.cell + way[1])) };
  return {
    Home: { row: control ? 0 : from.row, cell: 1 },
    End: { row: control ? lastRow : from.row, cell: lastCell },
    PageUp: { row: Math.max(0, from.row - page), cell: from.cell },
    PageDown: { row: Math.min(lastRow, from.row + page), cell: from.cell },
  }[event.key];
}

/** Moves or stretches by one key; answers whether the key was one of these. */
export function moveByKey(sheet, event, active) {
  if (!KEYS.has(event.key) || event.altKey) return false;
  const { ranges } = sheet;
  sheet.tabbedFrom = null;
  const to = target(sheet, event, event.shiftKey ? ranges.head ?? active : active);
  const go = ({ row, cell }) => (event.shiftKey ? ranges.extendTo(row, cell) : ranges.moveTo(row, cell));
  if (to.then) {
    const before = ranges.list;
    to.then((found) => ranges.list === before && go(found)).catch(toastError);
  } else go(to);
  return true;
}

/** Inside marked ranges: the next cell of the last, by row or by column, round to the first again. */
function nextInside(sheet, { row, cell }, way) {
  const boxes = currentBoxes(sheet);
  const forward = way === "right" || way === "down";
  const along = way === "right" || way === "left";
  let at = boxes.findLastIndex((box) => row >= box.top && row <= box.bottom && cell >= box.left && cell <= box.right);
  if (at < 0) at = boxes.length - 1;
  const box = boxes[at];
  const width = box.right - box.left + 1;
  const height = box.bottom - box.top + 1;
  const order = (along ? (row - box.top) * width + (cell - box.left) : (cell - box.left) * height + (row - box.top)) + (forward ? 1 : -1);
  const inside = order >= 0 && order < width * height;
  const next = inside ? box : boxes[(at + (forward ? 1 : -1) + boxes.length) % boxes.length];
  const [wide, high] = [next.right - next.left + 1, next.bottom - next.top + 1];
  const place = inside ? order : forward ? 0 : wide * high - 1;
  return along
    ? { row: next.top + Math.floor(place / wide), cell: next.left + (place % wide) }
    : { row: next.top + (place % high), cell: next.left + Math.floor(place / high) };
}

/** Tab and Enter, in ranges and out of them; Enter after Tabs goes back below where they began. */
export function step(sheet, way) {
  const { ranges, grid } = sheet;
  const active = grid.getActiveCell();
  if (!active) return;
  if (ranges.wide && currentBoxes(sheet).length) {
    const { row, cell } = nextInside(sheet, active, way);
    ranges.moveInside(row, cell);
    return;
  }
  const lastRow = Math.max(0, sheet.store.getLength() - 1);
  const lastCell = grid.getColumns().length - 1;
  if (way === "right" || way === "left") {
    sheet.tabbedFrom ??= active.cell;
    const on = active.cell + (way === "right" ? 1 : -1);
    if (on > lastCell && active.row < lastRow) ranges.moveTo(active.row + 1, 1);
    else if (on < 1 && active.row > 0) ranges.moveTo(active.row - 1, lastCell);
    else ranges.moveTo(active.row, Math.max(1, Math.min(on, lastCell)));
    return;
  }
  const column = sheet.tabbedFrom ?? active.cell;
  sheet.tabbedFrom = null;
  ranges.moveTo(Math.max(0, Math.min(lastRow, active.row + (way === "up" ? -1 : 1))), column);
}

/** Whole rows (Shift+Space) or whole columns (Ctrl+Space) of everything that is marked. */
export function widen(sheet, rows) {
  const { ranges, grid, store } = sheet;
  const last = grid.getColumns().length - 1;
  const list = ranges.getSelectedRanges().map((range) => Object.assign(Object.create(Object.getPrototypeOf(range)), range));
  for (const range of list) {
    if (rows) Object.assign(range, { fromCell: 1, toCell: last });
    else Object.assign(range, { fromRow: 0, toRow: Math.max(0, store.getLength() - 1) });
  }
  ranges.setSelectedRanges(list);
}
