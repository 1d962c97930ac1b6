/* Cell ranges by mouse and keyboard. SlickGrid's selector stops at the frozen columns; this one crosses them. */
import { SlickCellRangeSelector, SlickHybridSelectionModel, SlickRange, Utils } from "slickgrid";

/** Finds the cell under the pointer in whichever pane it is (SlickGrid 5.20: `handleDragTo` and its offsets are per pane). */
class CrossingSelector extends SlickCellRangeSelector {
  getMouseOffsetViewport(event, drag) {
    const result = super.getMouseOffsetViewport(event, drag);
    const point = event?.touches?.[0] ?? event;
    const whole = this._grid.getContainerNode();
    const left = Utils.offset(whole)?.left ?? 0;
    const right = left + whole.offsetWidth - this._grid.getDisplayedScrollbarDimensions().width;
    if (point.pageX >= left && point.pageX <= right) result.offset.x = 0;
    result.isOutsideViewport = Boolean(result.offset.x || result.offset.y);
    return result;
  }

  handleDragTo(event, drag) {
    const point = event?.touches?.[0] ?? event;
    const under = point.clientX === undefined ? null : document.elementFromPoint(point.clientX, point.clientY);
    const node = under?.closest(".slick-cell");
    if (!node || !this._grid.getContainerNode().contains(node) || !drag?.range) {
      super.handleDragTo(event, drag);
      return;
    }
    const end = this._grid.getCellFromEvent({ target: node, clientX: point.clientX, clientY: point.clientY });
    if (!end || !this._grid.canCellBeSelected(end.row, end.cell)) return;
    drag.range.end = end;
    this._currentlySelectedRange = drag.range;
    const { start } = drag.range;
    this.onCellRangeSelecting.notify({ range: new SlickRange(start.row, start.cell, end.row, end.cell), selectionMode: "", allowAutoEdit: false });
  }
}

export function startRanges(sheet) {
  const model = new SlickHybridSelectionModel({ selectionType: "cell", showDragHandle: false, selectActiveCell: true });
  model._selector = new CrossingSelector({ selectionCss: { border: "0" }, minIntervalToShowNextCell: 20, maxIntervalToShowNextCell: 120 });
  model._options.cellRangeSelector = model._selector;
  model._selector.onCellRangeSelecting.subscribe((_event, { range }) => model.setSelectedRanges([range]));
  sheet.grid.setSelectionModel(model);
  sheet.ranges = model;
}

/** The last selected range cut to real cells, without the tick column; null when there is none. */
export function currentRange(sheet) {
  const range = sheet.ranges.getSelectedRanges().at(-1);
  const active = sheet.grid.getActiveCell();
  const box = range ?? (active && new SlickRange(active.row, active.cell));
  if (!box) return null;
  return {
    top: box.fromRow,
    bottom: Math.min(box.toRow, sheet.store.total - 1),
    left: Math.max(1, box.fromCell),
    right: Math.min(box.toCell, sheet.grid.getColumns().length - 1),
  };
}
