/* Totals below the columns: of everything the filter holds, by a function the person chooses; loaded after the rows. */
import { debounce, h } from "../core/dom.js";
import { getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { openMenu } from "../ui/popover.js";
import { totalWords } from "./group_rows.js";

const NAMES = { sum: t("Sum"), avg: t("Average"), min: t("Least"), max: t("Most"), count: t("Filled"), empty: t("Empty") };
const COUNTS = new Set(["count", "empty"]);
const USUAL = new Set(["money", "quantity"]);
const SETTLE = 150;

function wordsOf(spec, way) {
  return COUNTS.has(way) ? t("{NAMES} cells of {label}", { NAMES: NAMES[way], label: spec.label }) : t("{NAMES} of {label}", { NAMES: NAMES[way], label: spec.label });
}

/** Which function each column has: what the layout says, else the usual one. */
export class Totals {
  constructor(sheet) {
    this.sheet = sheet;
    this.values = {};
  }

  usual(name) {
    const spec = this.sheet.spec(name);
    return USUAL.has(spec?.kind) && spec.totals?.includes("sum") ? "sum" : "";
  }

  way(name) {
    return this.sheet.layout.totals[name] ?? this.usual(name);
  }

  words(name) {
    return wordsOf(this.sheet.spec(name), this.way(name));
  }

  choose(name, way) {
    const { layout } = this.sheet;
    const { [name]: _before, ...others } = layout.totals;
    layout.totals = way === this.usual(name) ? others : { ...others, [name]: way };
    layout.save();
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
  const label = way ? t("{total}: {text}", { total: wordsOf(spec, way), text: text || t("nothing") }) : t("No total of {label}", { label: spec.label });
  const hidden = (words) => h("span", { class: "visually-hidden" }, words);
  const shown = way
    ? [h("span", { class: "muted", "aria-hidden": "true" }, NAMES[way]), hidden(`${wordsOf(spec, way)}: `), h("span", {}, text || hidden(t("nothing")))]
    : [h("span", { "aria-hidden": "true" }, "Σ"), hidden(label)];
  return h("button", { type: "button", class: `foot${way ? "" : " none"}`, data: { total: spec.name }, "aria-haspopup": "menu", title: label, onclick: (event) => choose(spec, event.currentTarget) }, shown, hidden(t(". Choose another.")));
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
    const entry = (way, label) => ({ label, icon: now === way ? "check" : "", run: () => totals.choose(spec.name, way) });
    openMenu([...spec.totals.map((way) => entry(way, NAMES[way])), entry("", t("No total"))], anchor, t("Total of {label}", { label: spec.label }));
  };
  grid.onFooterRowCellRendered.subscribe((_event, { node, column }) => {
    node.setAttribute("role", "gridcell");
    if (column.spec?.totals?.length) node.replaceChildren(footNode(sheet, column.spec, choose));
  });
  // The figures of groups come with the groups; a view that opens changes what it shows only after its layout.
  const again = debounce(() => (store.grouped ? store.count() : load()), SETTLE);
  let shown = totals.asked();
  sheet.layout.onchange(() => {
    if (totals.asked() === shown) return;
    shown = totals.asked();
    draw();
    again();
  });
  store.on("total", load);
  query.onchange((changes) => {
    if (!("group" in changes)) totals.values = {};
    draw();
  });
  // What was saved may have changed every figure above it.
  sheet.changes.onsaved = () => (store.grouped ? sheet.grouping.refreshLater() : load());
}
