/* The filter bar: one chip per condition or group; a small form for one, the builder for groups. */
import { button, h, icon } from "../core/dom.js";
import { getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { openPopover } from "../ui/popover.js";
import { toastError } from "../ui/toast.js";
import { filterWords, offered, operatorWords, valueWords } from "./filter_words.js";
import { parts } from "./later.js";

const LABELS = "batchly:filter-labels";

export class FilterBar {
  constructor(sheet) {
    this.sheet = sheet;
    this.deep = true;
    this.behind = new Map();
    this.node = h("div", { class: "chips", role: "group", "aria-label": t("Filters") });
    this.adder = button(h("span", { class: "label" }, t("Filter")), { class: "button ghost", "aria-label": t("Filter"), onclick: () => this.edit(null) }, "filter");
    this.adder.setAttribute("aria-haspopup", "dialog");
    sheet.query.onchange(() => this.draw());
    this.draw();
  }

  /** Names of linked records in filters: the address has only their ids. */
  rememberLabel(id, label) {
    const known = JSON.parse(sessionStorage.getItem(LABELS) ?? "{}");
    sessionStorage.setItem(LABELS, JSON.stringify({ ...known, [id]: label }));
  }

  labelOf(id) {
    return JSON.parse(sessionStorage.getItem(LABELS) ?? "{}")[id] ?? t("the chosen one");
  }

  /** The spec of a column, also of one behind a link, as far as it is loaded. */
  specOf(name) {
    const [first, second] = name.split(".");
    const spec = this.sheet.spec(first);
    if (!second) return spec ?? { label: name, name, kind: "text", operators: [] };
    const inner = this.behind.get(first)?.find((one) => one.name === second);
    return { kind: "text", operators: [], ...inner, name, lookup: false, label: `${spec?.label ?? first} → ${inner?.label ?? second}` };
  }

  /** The same bar for conditions on related rows: it knows their columns, and goes through no links. */
  inside(has) {
    const columns = this.behind.get(has) ?? [];
    const title = this.sheet.config.related?.find((one) => one.has === has)?.label ?? has.split(".")[0];
    const spec = (name) => columns.find((one) => one.name === name);
    const specOf = (name) => ({ kind: "text", operators: [], label: name, ...spec(name), name, lookup: false });
    return { deep: false, title, specOf, labelOf: (id) => this.labelOf(id), sheet: { spec, config: { columns, title } } };
  }

  async loadBehind(name) {
    if (this.behind.has(name)) return;
    try {
      const { columns } = await getJson(`${this.sheet.config.saved_views.url}/fields/${encodeURIComponent(name)}`);
      this.behind.set(name, columns);
    } catch (error) {
      toastError(error);
    }
  }

  /** Columns behind links whose words the chips need. */
  async learn(nodes) {
    const names = new Set();
    const walk = (node) => {
      for (const one of node.any ?? node.all ?? []) walk(one);
      if (node.has) names.add(node.has);
      else if (node.column?.includes(".")) names.add(node.column.split(".")[0]);
    };
    nodes.forEach(walk);
    const missing = [...names].filter((name) => !this.behind.has(name));
    await Promise.all(missing.map((name) => this.loadBehind(name)));
    return missing.length > 0;
  }

  chip(filter, at) {
    const group = filter.any ?? filter.all ?? filter.has;
    const spec = group ? null : this.specOf(filter.column);
    const words = group ? [filterWords(this, filter)] : [h("b", {}, spec.label), ` ${operatorWords(spec, filter.operator)} `, h("b", {}, valueWords(spec, filter.value, (id) => this.labelOf(id)))];
    const name = filter.has ? words[0] : group ? "group" : spec.label;
    const say = h("button", { type: "button", class: "say", title: group ? words[0] : null, onclick: (event) => (group ? this.build() : this.edit(spec, at, event.currentTarget)) }, words);
    const off = h("button", { type: "button", class: "off", "aria-label": t("Remove filter {name}", { name }), onclick: () => this.sheet.query.removeFilter(at) }, icon("close"));
    return h("span", { class: "chip" }, say, off);
  }

  draw() {
    const { query } = this.sheet;
    const chips = query.filters.map((filter, at) => this.chip(filter, at));
    if (chips.length > 1 || (chips.length && query.search)) chips.push(button(t("Clear all"), { class: "button ghost small", onclick: () => query.clear() }));
    this.node.replaceChildren(...chips);
    this.node.hidden = !chips.length;
    this.learn(query.filters).then((learnt) => learnt && this.draw());
  }

  async build(filters = this.sheet.query.filters) {
    const [{ openBuilder }] = await Promise.all([parts(), this.learn(filters)]);
    openBuilder(this, filters);
  }

  /** The form for a new filter (of a column, if given) or for the one at a place. */
  async edit(spec, at = null, anchor = this.adder) {
    const { query } = this.sheet;
    if (!this.sheet.config.columns.some((column) => offered(column).length)) return;
    const { conditionForm } = await parts();
    const old = at === null ? null : query.filters[at];
    const condition = conditionForm(this, old ?? (spec ? { column: spec.name } : null));
    const remove = old && button(t("Remove"), { class: "button small", onclick: () => { close(); query.removeFilter(at); } });
    const more = button(t("And / or groups…"), { class: "button ghost small", onclick: () => { const draft = condition.read(); close(); this.build(draft ? query.filters.toSpliced(at ?? query.filters.length, old ? 1 : 0, draft) : query.filters); } });
    const [related] = this.sheet.config.related ?? [];
    const have = related && !old && button(t("Has related…"), { class: "button ghost small", onclick: () => { close(); this.build([...query.filters, { has: related.has, where: [] }]); } });
    const form = h("form", { class: "filter-form" }, condition.node, h("div", { class: "row end" }, more, have, remove, h("button", { class: "button small primary", type: "submit" }, t("Apply"))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const filter = condition.read();
      if (!filter) {
        condition.focus();
        return;
      }
      close();
      if (old) query.replaceFilter(at, filter);
      else query.addFilter(filter);
    });
    const panel = h("div", { class: "popover", role: "dialog", "aria-label": t("Filter") }, form);
    const close = openPopover(panel, anchor.isConnected ? anchor : this.adder, { onclose: () => condition.destroy() });
    if (spec) condition.focus();
  }
}
