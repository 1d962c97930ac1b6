/* Wheel, touch and clicks where SlickGrid's own handling gets in the way. */
import { openCellMenu } from "./cell_menu.js";
import { TICK } from "./column_looks.js";

/** With frozen columns the wheel over them must scroll the other pane, by what the person turned. */
function forwardWheel(sheet) {
  sheet.area.addEventListener(
    "wheel",
    (event) => {
      const right = sheet.area.querySelector(".slick-viewport-top.slick-viewport-right");
      if (!right || !event.target.closest(".slick-pane-left") || sheet.grid.getOptions().frozenColumn < 0) return;
      const unit = event.deltaMode === 1 ? 32 : 1;
      right.scrollTop += event.deltaY * unit;
      right.scrollLeft += event.deltaX * unit;
      event.preventDefault();
    },
    { passive: false },
  );
}

/** SlickGrid starts a range at the touch and so forbids scrolling; a finger scrolls, a tap marks. */
function letTouchScroll(sheet) {
  for (const viewport of sheet.area.querySelectorAll(".slick-viewport")) {
    viewport.addEventListener("touchstart", (event) => event.stopPropagation(), { capture: true, passive: true });
  }
  let last = { time: 0, node: null };
  sheet.area.addEventListener("touchend", (event) => {
    const node = event.target.closest?.(".slick-cell");
    if (node && last.node === node && event.timeStamp - last.time < 350 && !sheet.grid.getCellEditor()) {
      const cell = sheet.grid.getCellFromEvent({ target: node, clientX: event.changedTouches[0].clientX, clientY: event.changedTouches[0].clientY });
      if (cell) setTimeout(() => { sheet.grid.setActiveCell(cell.row, cell.cell); sheet.enter(cell, false); });
    }
    last = { time: event.timeStamp, node };
  });
}

export function startPointer(sheet) {
  const { grid, selection } = sheet;
  forwardWheel(sheet);
  letTouchScroll(sheet);
  grid.onClick.subscribe((event, { row, cell }) => {
    const native = event.getNativeEvent();
    if (grid.getColumns()[cell].id === TICK) {
      event.stopImmediatePropagation();
      if (native.shiftKey) selection.extendTo(row);
      else selection.toggle(row);
      return;
    }
    const item = sheet.store.getItem(row);
    const spec = grid.getColumns()[cell].spec;
    if (item && sheet.states.get(item.id, spec.name)?.kind === "conflict") setTimeout(() => sheet.openConflict(item.id, spec.name));
  });
  grid.onDblClick.subscribe((event, { row, cell }) => {
    const spec = grid.getColumns()[cell].spec;
    if (!spec) return;
    if (!spec.editable || spec.kind === "bool") {
      event.preventDefault();
      sheet.enter({ row, cell }, true);
    }
  });
  grid.onContextMenu.subscribe((event) => {
    const native = event.getNativeEvent();
    if (native.target.closest("a") && native.shiftKey) return;
    const cell = grid.getCellFromEvent(native);
    if (!cell) return;
    native.preventDefault();
    if (!sheet.ranges.getSelectedRanges().some((range) => range.contains(cell.row, cell.cell))) sheet.ranges.moveTo(cell.row, cell.cell);
    openCellMenu(sheet, cell, { x: native.clientX, y: native.clientY });
  });
}
