/* Marking cells with the mouse: drag, Shift for a range, Ctrl for more ranges, whole rows and columns. */
import { TICK } from "./column_looks.js";
import { trackCells } from "./dragging.js";

// The text of a link is a cell to be marked; only a plain click on it follows the link.
const LEAVE_ALONE = "a:not(.clip), input, textarea, select, button, .cell-date, .fill-handle";

function wholeRow(sheet, row) {
  return { top: row, bottom: row, left: 1, right: sheet.grid.getColumns().length - 1 };
}

export function wholeColumn(sheet, cell) {
  const active = sheet.grid.getActiveCell();
  const { top } = sheet.grid.getViewport();
  return { top: 0, bottom: Math.max(0, sheet.store.getLength() - 1), left: cell, right: cell, activeRow: active?.row ?? top };
}

function begin(sheet, event, at, leave) {
  const { ranges, grid } = sheet;
  if (event.shiftKey && grid.getActiveCell()) ranges.extendTo(at.row, at.cell, false);
  else if (event.ctrlKey || event.metaKey) {
    if (!ranges.toggle(at.row, at.cell)) return;
  } else ranges.moveTo(at.row, at.cell);
  trackCells(sheet, {
    over: ({ row, cell }) => {
      if (row !== at.row || cell !== at.cell) leave();
      ranges.extendTo(row, Math.max(1, cell), false);
    },
  });
}

function markByMouse(sheet) {
  const { grid } = sheet;
  let dragged = false;
  sheet.area.addEventListener("mousedown", (event) => {
    dragged = false;
    const node = event.target.closest?.(".slick-cell");
    if (event.button !== 0 || !node || event.target.closest(LEAVE_ALONE)) return;
    const at = grid.getCellFromEvent(event);
    if (!at || grid.getColumns()[at.cell].id === TICK) return;
    if (grid.getCellEditor() && !grid.getEditorLock().commitCurrentEdit()) return;
    // The focus stays on the grid's own sink, which has the keys.
    event.preventDefault();
    grid.focus();
    begin(sheet, event, at, () => { dragged = true; });
  });
  sheet.area.addEventListener("click", (event) => {
    if (dragged && event.target.closest?.("a.clip")) event.preventDefault();
  });
  // The mouse button already marked; a click with a key held would mark the single cell again.
  grid.onClick.subscribe((event, { row, cell }) => {
    const native = event.getNativeEvent();
    const more = native.ctrlKey || native.metaKey;
    if ((!more && !native.shiftKey) || native.target.closest("a:not(.clip)")) return;
    if (grid.getColumns()[cell].id === TICK) {
      if (!more) return;
      sheet.ranges.mark(wholeRow(sheet, row), native.shiftKey || sheet.ranges.wide);
    }
    event.stopImmediatePropagation();
    native.preventDefault();
  });
}

/** Ctrl+click on a head marks the column; a plain click sorts by it. */
function markByHead(sheet) {
  sheet.area.addEventListener(
    "click",
    (event) => {
      const head = event.target.closest?.(".slick-header-column");
      if (!head || !(event.ctrlKey || event.metaKey) || event.target.closest(".head-menu, input")) return;
      const cell = sheet.grid.getColumnIndex(head.dataset.id);
      if (!cell) return;
      event.preventDefault();
      event.stopPropagation();
      sheet.ranges.mark(wholeColumn(sheet, cell), sheet.ranges.wide);
      sheet.grid.focus();
    },
    true,
  );
}

export function startMarking(sheet) {
  markByMouse(sheet);
  markByHead(sheet);
}
