/* Where a sheet stands: on its own page with all tools around it, or inside a record as its lines. */
import { h } from "../core/dom.js";
import { t } from "../core/words.js";

/** The page of a table. */
export function pagePlace() {
  return {
    embedded: false,
    root: document.getElementById("grid-page"),
    area: document.getElementById("grid-area"),
    grid: document.getElementById("grid"),
    status: document.getElementById("grid-status"),
  };
}

/** A place of its own inside `host`, below `label`. */
export function embeddedPlace(host, label) {
  const grid = h("div", { class: "slick" });
  const area = h("div", { class: "grid-area" }, grid);
  const status = h("div", { class: "grid-status", role: "group", "aria-label": t("{label}: status", { label }) });
  const tools = h("div", { class: "lines-tools", role: "toolbar", "aria-label": label });
  const root = h("div", { class: "lines-grid", data: { state: "loading" } }, tools, area, status);
  host.append(root);
  return { embedded: true, root, area, grid, status, tools };
}
