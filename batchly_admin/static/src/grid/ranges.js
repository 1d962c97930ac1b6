/* Cell ranges: several at once, across frozen columns, over any number of rows.
 * SlickGrid's own model writes a mark for every row of a range; this one only for the rows on the screen. */
import { SlickEvent, SlickRange } from "slickgrid";

const STYLE = "ranges";

/** The marked ranges; the last one is the current one, the active cell is where it began. */
export class Ranges {
  constructor(sheet) {
    this.sheet = sheet;
    this.grid = sheet.grid;
    this.list = [];
    this.head = null;
    this.held = false;
    this.painted = "";
    this.onSelectedRangesChanged = new SlickEvent();
    this.grid.onActiveCellChanged.subscribe((_event, { row, cell }) => this.follow(row, cell));
    this.grid.onRendered.subscribe(() => this.paint());
  }

  getSelectedRanges() {
    return this.list;
  }

  setSelectedRanges(list, head = null) {
    this.list = list;
    const last = list.at(-1);
    this.head = head ?? (last ? this.opposite(last) : null);
    this.paint();
    this.onSelectedRangesChanged.notify(list);
  }

  /** Whether more than one cell is marked. */
  get wide() {
    return this.list.length > 1 || Boolean(this.list[0] && !this.list[0].isSingleCell());
  }

  /** The corner of a range that is farthest from the active cell. */
  opposite(range) {
    const active = this.grid.getActiveCell();
    const row = active && active.row === range.toRow ? range.fromRow : range.toRow;
    const cell = active && active.cell === range.toCell ? range.fromCell : range.toCell;
    return { row, cell };
  }

  follow(row, cell) {
    if (this.held) return;
    this.setSelectedRanges(row === undefined || row === null ? [] : [new SlickRange(row, cell)]);
  }

  /** Moves the active cell and keeps what is marked. */
  moveInside(row, cell) {
    this.held = true;
    this.grid.setActiveCell(row, cell);
    this.held = false;
  }

  /** Makes one cell the whole selection. */
  moveTo(row, cell) {
    const at = this.sheet.grouping?.cellFor(row, cell) ?? cell;
    this.moveInside(row, at);
    this.follow(row, at);
  }

  /** Stretches the current range from the active cell to this one. */
  extendTo(row, cell, show = true) {
    const active = this.grid.getActiveCell();
    if (!active) return;
    const next = new SlickRange(active.row, active.cell, row, cell);
    this.setSelectedRanges([...this.list.slice(0, -1), next], { row, cell });
    if (!show) return;
    this.grid.scrollRowIntoView(row, false);
    this.grid.scrollCellIntoView(row, cell);
  }

  /** Adds a cell to the selection; one that is marked already is taken out of it. */
  toggle(row, cell) {
    const before = this.list;
    const marked = this.wide && before.some((range) => range.contains(row, cell));
    this.moveInside(row, cell);
    const rest = marked ? before.flatMap((range) => without(range, row, cell)) : [...before, new SlickRange(row, cell)];
    this.setSelectedRanges(rest.length ? rest : [new SlickRange(row, cell)]);
    return !marked;
  }

  /** Adds a whole block, for example a column, or makes it the only one. */
  mark(box, more = false) {
    const range = new SlickRange(box.top, box.left, box.bottom, box.right);
    const before = more ? this.list : [];
    this.moveInside(box.activeRow ?? box.top, box.left);
    this.setSelectedRanges([...before, range]);
  }

  paint() {
    const { top, bottom } = this.grid.getRenderedRange();
    const boxes = this.wide ? boxesOf(this.sheet, this.list) : [];
    const columns = this.grid.getColumns();
    const sign = `${top} ${bottom} ${columns.length} ${boxes.map((box) => Object.values(box).join()).join(";")}`;
    if (sign === this.painted || (!boxes.length && this.painted === "")) return;
    this.painted = boxes.length ? sign : "";
    const styles = {};
    for (const box of boxes) {
      for (let row = Math.max(box.top, top - 5); row <= Math.min(box.bottom, bottom + 5); row += 1) {
        styles[row] ??= {};
        for (let cell = box.left; cell <= box.right; cell += 1) styles[row][columns[cell].id] = "selected";
      }
    }
    this.grid.setCellCssStyles(STYLE, styles);
  }
}

function without(range, row, cell) {
  if (!range.contains(row, cell)) return [range];
  const { fromRow, toRow, fromCell, toCell } = range;
  return [
    fromRow < row && new SlickRange(fromRow, fromCell, row - 1, toCell),
    toRow > row && new SlickRange(row + 1, fromCell, toRow, toCell),
    fromCell < cell && new SlickRange(row, fromCell, row, cell - 1),
    toCell > cell && new SlickRange(row, cell + 1, row, toCell),
  ].filter(Boolean);
}

export function startRanges(sheet) {
  sheet.ranges = new Ranges(sheet);
}

/** Ranges as {top, bottom, left, right}, cut to real cells and without the tick column. */
export function boxesOf(sheet, ranges) {
  const last = sheet.grid.getColumns().length - 1;
  return ranges
    .map((box) => ({ top: box.fromRow, bottom: Math.min(box.toRow, sheet.store.getLength() - 1), left: Math.max(1, box.fromCell), right: Math.min(box.toCell, last) }))
    .filter((box) => box.top <= box.bottom && box.left <= box.right);
}

/** All that is marked, or the active cell; the current range comes last. */
export function currentBoxes(sheet) {
  const ranges = sheet.ranges.getSelectedRanges();
  const active = sheet.grid.getActiveCell();
  return boxesOf(sheet, ranges.length || !active ? ranges : [new SlickRange(active.row, active.cell)]);
}

/** The last selected range cut to real cells, without the tick column; null when there is none. */
export function currentRange(sheet) {
  return currentBoxes(sheet).at(-1) ?? null;
}

export function cellCount(boxes) {
  return boxes.reduce((sum, box) => sum + (box.bottom - box.top + 1) * (box.right - box.left + 1), 0);
}
