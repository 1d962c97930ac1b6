/* Keys of the spreadsheet that SlickGrid leaves to us. While an editor is open it keeps its keys to itself. */
import { clearRange, fillDown } from "./clipboard.js";
import { openCellMenu } from "./cell_menu.js";

const PRINTABLE = /^[\p{L}\p{N}\p{P}\p{S}\s]$/u;

function withControl(sheet, key, active) {
  const { changes } = sheet;
  const work = {
    z: () => changes.undo(),
    y: () => changes.redo(),
    d: () => fillDown(sheet),
    // SlickGrid's own would scroll to the last row.
    a: () => sheet.selectBox({ top: 0, left: 0, bottom: sheet.store.total - 1, right: sheet.grid.getColumns().length - 1 }),
    " ": () => sheet.selection.toggle(active.row),
    Enter: () => sheet.openRecord(active.row),
  }[key];
  if (!work) return false;
  work();
  return true;
}

function plain(sheet, event, active) {
  const column = sheet.grid.getColumns()[active.cell];
  if (event.key === "F2" || (event.key === "Enter" && !event.shiftKey)) return sheet.enter(active, event.key === "Enter");
  if (event.key === "Delete" || event.key === "Backspace") {
    clearRange(sheet);
    return true;
  }
  if (event.key === " " && (!column.spec || column.spec.kind === "bool")) {
    if (column.spec) sheet.enter(active, false);
    else sheet.selection.toggle(active.row);
    return true;
  }
  if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
    openCellMenu(sheet, active, sheet.grid.getActiveCellNode());
    return true;
  }
  if (event.key === "Escape") return sheet.escape();
  return false;
}

export function startKeyboard(sheet) {
  const { grid } = sheet;
  grid.onKeyDown.subscribe((event) => {
    const active = grid.getActiveCell();
    if (!active || grid.getCellEditor()) return;
    const native = event.getNativeEvent();
    const control = native.ctrlKey || native.metaKey;
    let done = false;
    if (control && !native.altKey) {
      const key = native.key.length === 1 ? native.key.toLowerCase() : native.key;
      done = withControl(sheet, native.shiftKey && key === "z" ? "y" : key, active);
    } else if (!native.altKey) {
      done = plain(sheet, native, active);
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
