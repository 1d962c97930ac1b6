/* Dragging columns and lists: what it takes is fetched when somebody comes near, not with the page. */

/** The sorting library; SlickGrid's module build looks for it as a global. */
export async function loadSortable() {
  window.Sortable ??= (await import("sortablejs")).default;
  return window.Sortable;
}

/** Lets column heads be dragged once the pointer has been over them. */
export function startReorder(sheet) {
  const { grid } = sheet;
  const begin = async () => {
    await loadSortable();
    if (!sheet.area.isConnected || grid.getOptions().enableColumnReorder) return;
    // Setting the option through the grid would draw all heads anew, under the pointer that is on them.
    grid.getOptions().enableColumnReorder = true;
    grid.setupColumnReorder();
  };
  for (const heads of grid.getContainerNode().querySelectorAll(".slick-header")) heads.addEventListener("pointerover", () => begin().catch(() => {}), { once: true });
}
