/* Fingers: a grip at the corner stretches the range, a long press opens the cell's menu. */
import { h } from "../core/dom.js";
import { openCellMenu } from "./cell_menu.js";
import { trackCells } from "./dragging.js";
import { boxesOf } from "./ranges.js";

export const COARSE = matchMedia("(pointer: coarse)");
const LONG = 550;
const STILL = 10;

/** Keeps a node at the lower right corner of a single range, where `allowed(box)` says so. */
export function keepAtCorner(sheet, node, allowed = () => true) {
  const { grid, ranges } = sheet;
  const place = () => {
    const boxes = boxesOf(sheet, ranges.getSelectedRanges());
    const [box] = boxes;
    const cell = boxes.length === 1 && !grid.getCellEditor() && allowed(box) ? grid.getCellNode(box.bottom, box.right) : null;
    if (cell && node.parentNode !== cell) cell.append(node);
    else if (!cell) node.remove();
  };
  ranges.onSelectedRangesChanged.subscribe(place);
  grid.onRendered.subscribe(place);
  grid.onBeforeEditCell.subscribe(() => node.remove());
  for (const name of ["mousedown", "click", "dblclick"]) node.addEventListener(name, (event) => event.stopPropagation());
}

function startGrip(sheet) {
  const grip = h("span", { class: "range-grip", "aria-hidden": "true" });
  keepAtCorner(sheet, grip);
  grip.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    event.stopPropagation();
    // A finger's events stay with what it touched, which leaves the page when the range grows.
    grip.releasePointerCapture(event.pointerId);
    const [box] = boxesOf(sheet, sheet.ranges.getSelectedRanges());
    sheet.ranges.moveInside(box.top, box.left);
    trackCells(sheet, { over: ({ row, cell }) => sheet.ranges.extendTo(row, Math.max(1, cell), false) });
  });
  grip.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
}

/** Not every browser says "context menu" for a long press; the first to notice opens it. */
function startLongPress(sheet) {
  let timer = 0;
  let from = null;
  const forget = () => clearTimeout(timer);
  sheet.area.addEventListener("touchstart", (event) => {
    forget();
    const [touch] = event.touches;
    const node = event.target.closest?.(".slick-cell");
    if (!node || event.touches.length > 1 || event.target.closest("input, textarea, .range-grip")) return;
    from = { x: touch.clientX, y: touch.clientY };
    timer = setTimeout(() => {
      const at = sheet.grid.getCellFromEvent({ target: node, clientX: from.x, clientY: from.y });
      if (!at || document.querySelector("[role=menu]:not([hidden])")) return;
      if (!sheet.ranges.getSelectedRanges().some((range) => range.contains(at.row, at.cell))) sheet.ranges.moveTo(at.row, at.cell);
      openCellMenu(sheet, at, from);
    }, LONG);
  }, { capture: true, passive: true });
  sheet.area.addEventListener("touchmove", (event) => {
    const [touch] = event.touches;
    if (from && Math.hypot(touch.clientX - from.x, touch.clientY - from.y) > STILL) forget();
  }, { capture: true, passive: true });
  for (const name of ["touchend", "touchcancel", "contextmenu"]) sheet.area.addEventListener(name, forget, { capture: true });
}

export function startTouch(sheet) {
  if (COARSE.matches) startGrip(sheet);
  startLongPress(sheet);
}
