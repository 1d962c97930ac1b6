/* While a row on the screen waits for QuickBooks, the screen is read again now and then. */

const EVERY = 3000;

function waits(sheet, badge, [top, bottom]) {
  for (let row = top; row <= bottom; row += 1) if (sheet.store.getItem(row)?.v[badge]?.[0] === "pending") return true;
  return false;
}

export function startRenewal(sheet) {
  const badge = sheet.config.columns.findIndex((column) => column.kind === "badge");
  if (badge < 0) return;
  let timer = 0;
  const plan = () => {
    if (!timer) timer = setTimeout(look, EVERY);
  };
  async function look() {
    timer = 0;
    const seen = sheet.visible();
    if (!waits(sheet, badge, seen)) return;
    const busy = document.hidden || sheet.grid.getCellEditor() || sheet.changes.waiting || sheet.staying?.holds();
    if (!busy) await sheet.store.renew(...seen).catch(() => {});
    plan();
  }
  // Scrolling loads rows or shows loaded ones; both may bring a waiting row into view.
  sheet.store.on("rows", plan);
  sheet.grid.onViewportChanged.subscribe(plan);
}
