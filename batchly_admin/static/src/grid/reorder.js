/* Dragging columns and lists: what it takes is fetched when somebody comes near, not with the page. */

/** The sorting library; SlickGrid's module build looks for it as a global. */
export async function loadSortable() {
  window.Sortable ??= (await import("sortablejs")).default;
  return window.Sortable;
}

/** A finger is over a head only when it drags it: what it takes has to be there by then. */
const FINGERS = matchMedia("(any-pointer: coarse)");

/** Lets column heads be dragged once the pointer has been over them, and by fingers from the start. */
export function startReorder(sheet) {
  const { grid } = sheet;
  const begin = async () => {
    await loadSortable();
    if (!sheet.area.isConnected || grid.getOptions().enableColumnReorder) return;
    // Setting the option through the grid would draw all heads anew, under the pointer that is on them.
    grid.getOptions().enableColumnReorder = true;
    grid.setupColumnReorder();
  };
  if (FINGERS.matches) begin().catch(() => {});
  for (const heads of grid.getContainerNode().querySelectorAll(".slick-header")) heads.addEventListener("pointerover", () => begin().catch(() => {}), { once: true });
}
