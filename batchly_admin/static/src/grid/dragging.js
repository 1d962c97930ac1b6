/* Dragging over cells with any pointer: which cell is under it, and scrolling when it leaves the grid. */
const TICK = 40;
const FASTEST = 6;

/** The cell under a point, or the nearest one when the point is outside the rows. */
export function cellAt(sheet, point) {
  const box = rowsBox(sheet);
  const x = Math.max(box.left + 2, Math.min(point.x, box.right - 2));
  const y = Math.max(box.top + 2, Math.min(point.y, box.bottom - 2));
  const node = document.elementFromPoint(x, y)?.closest(".slick-cell");
  if (!node || !sheet.grid.getContainerNode().contains(node)) return null;
  return sheet.grid.getCellFromEvent({ target: node, clientX: x, clientY: y });
}

function scroller(sheet) {
  return sheet.area.querySelector(sheet.grid.getOptions().frozenColumn >= 0 ? ".slick-viewport-top.slick-viewport-right" : ".slick-viewport-top.slick-viewport-left");
}

function rowsBox(sheet) {
  const pane = scroller(sheet).getBoundingClientRect();
  const whole = sheet.grid.getContainerNode().getBoundingClientRect();
  const bars = sheet.grid.getDisplayedScrollbarDimensions();
  return { left: whole.left, top: pane.top, right: whole.right - bars.width, bottom: pane.bottom - bars.height };
}

function steps(distance) {
  return Math.sign(distance) * Math.min(FASTEST, Math.ceil(Math.abs(distance) / 24));
}

/** Follows the pointer until it is let go: `over(cell)` for each cell it comes to, `done(event)` at the end. */
export function trackCells(sheet, { over, done }) {
  let point = null;
  let last = "";
  const look = () => {
    const at = point && cellAt(sheet, point);
    const name = at && `${at.row} ${at.cell}`;
    if (!at || name === last) return;
    last = name;
    over(at);
  };
  const timer = setInterval(() => {
    if (!point) return;
    const box = rowsBox(sheet);
    const down = steps(Math.max(0, point.y - box.bottom) - Math.max(0, box.top - point.y));
    const right = steps(Math.max(0, point.x - box.right) - Math.max(0, box.left - point.x));
    if (!down && !right) return;
    const pane = scroller(sheet);
    pane.scrollTop += down * sheet.grid.getOptions().rowHeight;
    pane.scrollLeft += right * 40;
    look();
  }, TICK);
  const move = (event) => {
    point = { x: event.clientX, y: event.clientY };
    look();
  };
  const end = (event) => {
    clearInterval(timer);
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", end);
    document.removeEventListener("pointercancel", end);
    done?.(event);
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", end);
}
