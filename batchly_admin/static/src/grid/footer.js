/* Totals below the columns: of everything the filter holds, by a function the person chooses; loaded after the rows. */
import { debounce, h, recall, remember } from "../core/dom.js";
import { getJson } from "../core/http.js";
import { openMenu } from "../ui/popover.js";
import { totalWords } from "./group_rows.js";

const NAMES = { sum: "Sum", avg: "Average", min: "Least", max: "Most", count: "Filled", empty: "Empty" };
const COUNTS = new Set(["count", "empty"]);
const USUAL = new Set(["money", "quantity"]);
const SETTLE = 150;

function wordsOf(spec, way) {
  return COUNTS.has(way) ? `${NAMES[way]} cells of ${spec.label}` : `${NAMES[way]} of ${spec.label}`;
}

/** Which function each column has, remembered per person and table. */
export class Totals {
  constructor(sheet) {
    this.sheet = sheet;
    this.key = `batchly:totals:${document.body.dataset.user ?? ""}:${sheet.config.table}`;
    this.ways = recall(this.key, {});
    this.values = {};
  }

  way(name) {
    const spec = this.sheet.spec(name);
    const way = this.ways[name] ?? (USUAL.has(spec?.kind) ? "sum" : "");
    return spec?.totals?.includes(way) ? way : "";
  }

  words(name) {
    return wordsOf(this.sheet.spec(name), this.way(name));
  }

  choose(name, way) {
    this.ways[name] = way;
    remember(this.key, this.ways);
  }

  /** The shown columns' functions, as addresses write them. */
  asked() {
    return this.sheet.layout.shown().map((spec) => [spec.name, this.way(spec.name)]).filter(([, way]) => way).map((pair) => pair.join(":")).join(",");
  }
}

/** Loads the totals after the rows, and again when the count was read again. */
function loader(sheet, draw) {
  const { totals, store, query, config } = sheet;
  let flight = null;
  return debounce(async () => {
    const wanted = totals.asked();
    if (!store.counted) return;
    flight?.abort();
    flight = new AbortController();
    try {
      totals.values = wanted ? (await getJson(`${config.urls.totals}?${query.params({ sort: false })}&totals=${encodeURIComponent(wanted)}`, flight.signal)).totals : {};
      sheet.root.dataset.totals = "ready";
    } catch (error) {
      // Rows are what matters: without totals the foot stays empty until the rows are read again.
      if (error.name === "AbortError") return;
      totals.values = {};
    }
    draw();
  }, SETTLE);
}

function footNode(sheet, spec, choose) {
  const { totals } = sheet;
  const way = totals.way(spec.name);
  const text = totalWords(spec, way, totals.values[spec.name], false);
  const label = way ? `${wordsOf(spec, way)}: ${text || "nothing"}` : `No total of ${spec.label}`;
  const hidden = (words) => h("span", { class: "visually-hidden" }, words);
  const shown = way
    ? [h("span", { class: "muted" }, NAMES[way]), hidden(`${wordsOf(spec, way).slice(NAMES[way].length)}: `), h("span", {}, text || hidden("nothing"))]
    : [h("span", { "aria-hidden": "true" }, "Σ"), hidden(label)];
  return h("button", { type: "button", class: `foot${way ? "" : " none"}`, data: { total: spec.name }, "aria-haspopup": "menu", title: label, onclick: (event) => choose(spec, event.currentTarget) }, shown, hidden(". Choose another."));
}

export function startFooter(sheet) {
  const { grid, totals, store, query } = sheet;
  const draw = () => {
    for (const column of grid.getColumns()) {
      const cell = grid.getFooterRowColumn(column.id);
      if (!cell) continue;
      if (column.spec?.totals?.length) cell.replaceChildren(footNode(sheet, column.spec, choose));
    }
  };
  const load = loader(sheet, draw);
  const choose = (spec, anchor) => {
    const now = totals.way(spec.name);
    const entry = (way, label) => ({ label, icon: now === way ? "check" : "", run: () => { totals.choose(spec.name, way); draw(); load(); if (store.grouped) store.count(); } });
    openMenu([...spec.totals.map((way) => entry(way, NAMES[way])), entry("", "No total")], anchor, `Total of ${spec.label}`);
  };
  grid.onFooterRowCellRendered.subscribe((_event, { node, column }) => {
    node.setAttribute("role", "gridcell");
    if (column.spec?.totals?.length) node.replaceChildren(footNode(sheet, column.spec, choose));
  });
  store.on("total", load);
  query.onchange((changes) => {
    if (!("group" in changes)) totals.values = {};
    draw();
  });
  // What was saved may have changed every figure above it.
  sheet.changes.onsaved = () => (store.grouped ? sheet.grouping.refreshLater() : load());
}
