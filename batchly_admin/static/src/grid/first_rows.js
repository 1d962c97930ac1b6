/* The first rows, drawn before the spreadsheet is there. They came with the page, and they look as SlickGrid will
 * draw them; it empties their place when it starts. Nothing here can be used yet, so nothing of it is spoken. */
import { h } from "../core/dom.js";
import { startColours } from "./colours.js";
import { columnLooks } from "./column_looks.js";
import { describeRow } from "./formatters.js";
import { pagePlace } from "./places.js";
import { asItem, served } from "./raw_rows.js";
import { SheetBase } from "./sheet_base.js";

/** Between them the toolbar's height depends on what it holds: rows drawn early would jump. */
const STEADY = matchMedia("(min-width: 1200px), (max-width: 860px)");
/** What stands above and below the rows, at least. */
const AROUND = 230;
const HEAD_ROOM = 17;

/** The table as it stands when nobody has touched it. */
class Untouched extends SheetBase {
  constructor(config) {
    super(config, pagePlace());
    this.panel = true;
    this.selection = { has: () => false };
    this.store = { describe: (item) => describeRow(this, item) };
    startColours(this);
  }

  rows() {
    return served(this.config.first, [...this.places.keys()], this.needed());
  }
}

/** The columns that reach into the window, each with its left edge. */
function placed(columns) {
  let left = 0;
  const found = columns.map((column) => {
    const here = { ...column, left };
    left += column.width;
    return here;
  });
  return found.filter((column) => column.left < innerWidth);
}

/** Inline styles are not allowed, a style sheet with the page's nonce is. */
function rules(columns, { layout }) {
  const height = layout.rowHeight();
  const still = layout.frozenIndex();
  return [
    `.first-rows .slick-row, .first-rows .slick-cell { height: ${height}px }`,
    ...columns.map(({ left, width }, at) => `.first-rows .l${at} { left: ${left}px; width: ${width}px } .first-rows .h${at} { width: ${width - HEAD_ROOM}px }`),
    still < 0 ? "" : `.first-rows .l${still}, .first-rows .h${still} { border-right-color: var(--line-strong) }`,
  ].join("\n");
}

function head(columns, { config }) {
  const sort = config.query.sort?.length ? config.query.sort : config.default_sort;
  const sorted = new Map(sort.map((term) => [term.replace(/^-/, ""), term.startsWith("-") ? "desc" : "asc"]));
  const cells = columns.map(({ id, spec, headerCssClass }, at) => {
    const way = sorted.get(id);
    const name = h("span", { class: "slick-column-name" }, spec ? spec.label : h("input", { type: "checkbox" }));
    const mark = spec?.sortable && h("div", { class: `slick-sort-indicator ${way ? `slick-sort-indicator-${way}` : ""}` });
    return h("div", { class: `ui-state-default slick-header-column h${at} ${headerCssClass ?? ""} ${way ? "slick-header-column-sorted" : ""}` }, name, mark);
  });
  return h("div", { class: "slick-header-columns" }, cells);
}

function line(columns, sheet, item, row) {
  const look = sheet.store.describe(item);
  const cells = columns.map((column, at) => {
    const value = column.at < 0 ? null : item.v[column.at];
    const classes = `slick-cell l${at} ${column.cssClass} ${look?.columns?.[column.id]?.cssClass ?? ""}`;
    return h("div", { class: classes }, column.formatter(row, at, value, column, item));
  });
  return h("div", { class: `slick-row ${row % 2 ? "odd" : "even"} ${look?.cssClasses ?? ""}` }, cells);
}

/** Draws what fits on the screen; leaves it to the grid where the rows lack a column that is shown. */
export function drawFirstRows(config) {
  const sheet = new Untouched(config);
  const rows = STEADY.matches && sheet.rows();
  if (!rows?.length) return;
  const { grid } = sheet.place;
  const nonce = document.querySelector('meta[name="csp-nonce"]').content;
  const columns = placed(columnLooks(sheet));
  const seen = rows.slice(0, Math.ceil((innerHeight - AROUND) / sheet.layout.rowHeight()));
  const lines = seen.map((raw, row) => line(columns, sheet, asItem(raw), row));
  grid.dataset.height = sheet.layout.height;
  document.getElementById("grid-tools").classList.toggle("with-chips", config.query.filters?.length > 0);
  grid.append(h("div", { class: "first-rows", inert: true, "aria-hidden": "true" }, h("style", { nonce }, rules(columns, sheet)), head(columns, sheet), lines));
}
