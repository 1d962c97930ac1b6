/* Keys of the spreadsheet. While an editor is open it keeps its keys to itself. */
import { openCellMenu } from "./cell_menu.js";
import { clearMarked, copyRange } from "./copying.js";
import { fillCopy, fillToday } from "./fill.js";
import { moveByKey, step, widen } from "./moves.js";

const PRINTABLE = /^[\p{L}\p{N}\p{P}\p{S}\s]$/u;

function markAll(sheet) {
  sheet.selectBox({ top: 0, left: 1, bottom: Math.max(0, sheet.store.getLength() - 1), right: sheet.grid.getColumns().length - 1 });
}

/** Ticks the rows of all that is marked. */
async function tickRows(sheet, active) {
  const { selection, ranges } = sheet;
  const [range] = ranges.getSelectedRanges();
  if (!range || range.fromRow === range.toRow) {
    await selection.toggle(active.row);
    return;
  }
  selection.anchor = range.fromRow;
  await selection.extendTo(Math.min(range.toRow, sheet.store.getLength() - 1));
}

function withControl(sheet, event, active) {
  const { changes } = sheet;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shifted = { z: () => changes.redo(), c: () => copyRange(sheet, true), " ": () => tickRows(sheet, active) };
  const plain = {
    z: () => changes.undo(),
    y: () => changes.redo(),
    d: () => fillCopy(sheet, true),
    r: () => fillCopy(sheet, false),
    ";": () => fillToday(sheet),
    a: () => markAll(sheet),
    " ": () => widen(sheet, false),
    Enter: () => sheet.openRecord(active.row),
    Backspace: () => sheet.grid.scrollCellIntoView(active.row, active.cell),
  };
  const work = (event.shiftKey ? shifted : plain)[key];
  if (!work) return false;
  work();
  return true;
}

function tab(sheet, event, active) {
  const { grid, ranges, store } = sheet;
  const atEnd = event.shiftKey ? active.row === 0 && active.cell <= 1 : active.row >= store.getLength() - 1 && active.cell === grid.getColumns().length - 1;
  // At either end Tab leaves the table, so that nobody is caught in it.
  if (atEnd && !ranges.wide) return false;
  step(sheet, event.shiftKey ? "left" : "right");
  return true;
}

/** Escape outside an editor: first the ranges, then the ticks. */
function escape(sheet, active) {
  if (sheet.ranges.wide) sheet.ranges.follow(active.row, active.cell);
  else if (sheet.selection.size) sheet.selection.clear();
  else return false;
  return true;
}

function plain(sheet, event, active) {
  const column = sheet.grid.getColumns()[active.cell];
  if (event.key === "Enter" && (event.shiftKey || sheet.ranges.wide)) {
    step(sheet, event.shiftKey ? "up" : "down");
    return true;
  }
  if (event.key === "Tab") return tab(sheet, event, active);
  if (event.key === "F2" || event.key === "Enter") return sheet.enter(active, event.key === "Enter");
  if (event.key === "Delete" || event.key === "Backspace") {
    clearMarked(sheet);
    return true;
  }
  if (event.key === " " && event.shiftKey) {
    widen(sheet, true);
    return true;
  }
  if (event.key === " " && (!column.spec || column.spec.kind === "bool")) {
    if (column.spec) sheet.enter(active, false);
    else sheet.selection.toggle(active.row);
    return true;
  }
  if (event.key === " " && sheet.panel) return sheet.panel.open(active.row);
  if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
    openCellMenu(sheet, active, sheet.grid.getActiveCellNode());
    return true;
  }
  if (event.key === "Escape") return escape(sheet, active);
  return false;
}

export function startKeyboard(sheet) {
  const { grid } = sheet;
  grid.onKeyDown.subscribe((event) => {
    const active = grid.getActiveCell();
    if (!active || grid.getCellEditor()) return;
    const native = event.getNativeEvent();
    let done = moveByKey(sheet, native, active);
    if (!done && (native.ctrlKey || native.metaKey)) {
      done = !native.altKey && withControl(sheet, native, active);
    } else if (!done && !native.altKey) {
      done = plain(sheet, native, active);
      if (native.key === "Tab" && !done) {
        // Left to the browser: SlickGrid would move inside the table.
        event.stopImmediatePropagation();
        return;
      }
      if (!done && PRINTABLE.test(native.key)) {
        // Not stopped: SlickGrid would then prevent the default, and the key itself must reach the input that opens.
        sheet.startTyping(active);
        return;
      }
    }
    if (done) {
      native.preventDefault();
      event.stopImmediatePropagation();
      native.stopPropagation();
    }
  });
}
