/* Roles, counts and spoken cells: SlickGrid moves a virtual cursor, which a screen reader does not see by itself. */
import { announce } from "../core/announce.js";
import { debounce } from "../core/dom.js";
import { displayText } from "../core/format.js";
import { t } from "../core/words.js";

function spoken(sheet, active) {
  const column = sheet.grid.getColumns()[active.cell];
  const item = sheet.store.getItem(active.row);
  if (!item) return sheet.grouping?.spoken(active.row) ?? t("Loading");
  if (!column.spec) return t("Row {row}, {has}", { row: active.row + 1, has: sheet.selection.has(item.id) ? t("selected") : t("not selected") });
  const state = sheet.states.get(item.id, column.spec.name);
  const parts = [displayText(column.spec, item.v[column.at]) || "empty", column.spec.label, t("row {row}", { row: active.row + 1 })];
  if (state?.kind === "refused") parts.push(t("not saved: {reason}", { reason: state.reason }));
  if (state?.kind === "conflict") parts.push(t("conflict, press Enter to choose"));
  if (item.lock) parts.push("locked");
  else if (!column.spec.editable) parts.push(t("read only"));
  return parts.join(", ");
}

function markRows(sheet) {
  for (const node of sheet.area.querySelectorAll(".slick-row:not([aria-rowindex])")) {
    node.setAttribute("aria-rowindex", String(Number(node.dataset.row) + 2));
  }
}

function markFrame(sheet) {
  const container = sheet.grid.getContainerNode();
  container.setAttribute("role", sheet.store.grouped ? "treegrid" : "grid");
  container.setAttribute("aria-label", sheet.config.title);
  container.setAttribute("aria-multiselectable", "true");
  container.setAttribute("aria-colcount", String(sheet.grid.getColumns().length));
  for (const node of container.querySelectorAll(".slick-pane, .slick-header, .slick-viewport, .slick-headerrow, .slick-top-panel-scroller, .slick-footerrow")) {
    node.setAttribute("role", "presentation");
    node.removeAttribute("tabindex");
  }
  for (const node of container.querySelectorAll(".slick-header-columns, .slick-footerrow-columns")) {
    if (node.firstElementChild) node.setAttribute("role", "row");
    else node.removeAttribute("role");
  }
  for (const node of container.querySelectorAll(".grid-canvas")) node.setAttribute("role", "rowgroup");
  for (const node of container.querySelectorAll("[tabindex]")) if (!node.closest(".slick-cell")) node.tabIndex = node.matches("[data-sink]") ? 0 : -1;
}

function markHeads(sheet) {
  for (const node of sheet.area.querySelectorAll(".slick-header-column")) {
    const index = sheet.grid.getColumnIndex(node.dataset.id);
    if (index !== undefined) node.setAttribute("aria-colindex", String(index + 1));
  }
}

function markSort(sheet) {
  const sorts = new Map(sheet.query.sort.map((term) => [term.replace(/^-/, ""), term.startsWith("-") ? "descending" : "ascending"]));
  for (const node of sheet.area.querySelectorAll(".slick-header-column")) {
    const way = sorts.get(node.dataset.id);
    if (way) node.setAttribute("aria-sort", way);
    else node.removeAttribute("aria-sort");
  }
}

/** The two invisible elements that hold the keyboard focus. */
function markSinks(sheet) {
  const sinks = [...sheet.grid.getContainerNode().children].filter((node) => node.tabIndex === 0 && !node.classList.contains("slick-pane"));
  sinks.forEach((node, index) => {
    node.dataset.sink = "1";
    node.setAttribute("role", "row");
    const cell = document.createElement("span");
    cell.setAttribute("role", "gridcell");
    cell.textContent = index ? "" : t("Table cells");
    cell.className = "visually-hidden";
    node.append(cell);
    if (index) node.tabIndex = -1;
  });
}

export function startAria(sheet) {
  const { grid, store } = sheet;
  const container = grid.getContainerNode();
  markSinks(sheet);
  markFrame(sheet);
  markHeads(sheet);
  markSort(sheet);
  const markLater = debounce(() => {
    markFrame(sheet);
    markHeads(sheet);
    markSort(sheet);
  }, 100);
  grid.onRendered.subscribe(() => {
    markRows(sheet);
    markLater();
  });
  store.on("total", () => container.setAttribute("aria-rowcount", String(store.getLength() + 1)));
  let timer = 0;
  grid.onActiveCellChanged.subscribe((_event, active) => {
    clearTimeout(timer);
    if (active?.cell !== undefined && active?.cell !== null) timer = setTimeout(() => announce(spoken(sheet, active)), 120);
  });
}
