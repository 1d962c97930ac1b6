/* Views of a table: tabs with live counts, the one that is open, and whether it was changed. */
import { debounce, h, icon } from "../core/dom.js";
import { plainNumber } from "../core/format.js";
import { getIfChanged, getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { toast } from "../ui/toast.js";
import { startColours } from "./colours.js";
import { applyHeight, applyLayout } from "./columns.js";
import { startHighlight } from "./highlight.js";
import { parts } from "./later.js";

const EVERY = 15_000;

export class Views {
  constructor(sheet) {
    const { config, query, layout } = sheet;
    Object.assign(this, { sheet, url: config.saved_views.url, can: config.saved_views, list: [], counts: {} });
    this.quick = config.views ?? [];
    this.active = config.query?.view ?? null;
    this.node = document.getElementById("grid-views");
    this.bind();
    query.onchange(() => this.draw());
    layout.onchange(() => this.draw());
    this.draw();
    if (config.query?.view_problem) toast(config.query.view_problem, { tone: "amber" });
    if (this.can.see) this.start();
  }

  start() {
    this.load().catch(() => {});
    this.recount();
    this.sheet.store.on("total", debounce(() => this.recount(), 1500));
    setInterval(() => this.recount(), EVERY);
    document.addEventListener("visibilitychange", () => this.recount());
  }

  async load() {
    this.list = (await getJson(this.url)).views;
    this.active = this.list.find((view) => view.id === this.active?.id && view.state) ?? this.active;
    this.bind();
    this.draw();
  }

  /** Live figures of the tabs; a failure leaves the last ones. */
  async recount() {
    if (document.hidden || !this.node.isConnected) return;
    try {
      this.counts = (await getIfChanged(`${this.url}/counts`, null)).body.counts;
      this.draw();
    } catch {
      // The grid itself says when the server is away.
    }
  }

  /** Tells the address and the layout which view is open. */
  bind() {
    const { query, layout } = this.sheet;
    query.view = this.active && { id: this.active.id, matches: () => !this.queryChanged() };
    query.look = () => layout.look;
    layout.view = this.active ?? layout.view;
  }

  queryState() {
    const { search, filters, sort, group } = this.sheet.query;
    return { search, filters, sort, ...(group?.length && { group }) };
  }

  state() {
    return { ...this.queryState(), ...this.sheet.layout.state() };
  }

  queryChanged() {
    const { search = "", filters = [], sort = [], group = [] } = this.active?.state ?? {};
    const now = this.queryState();
    const usual = sort.length ? sort : this.sheet.query.defaultSort;
    return JSON.stringify([now.search, now.filters, now.sort, now.group ?? []]) !== JSON.stringify([search, filters, usual, group]);
  }

  get changed() {
    return Boolean(this.active) && (this.queryChanged() || this.sheet.layout.isChanged);
  }

  /** Opens a view, or with null the table as it is; a quick view narrows the table. */
  open(view, quick = null) {
    const { query, layout } = this.sheet;
    this.active = view;
    layout.open(view);
    this.bind();
    const state = view?.state ?? quick ?? {};
    query.update({ search: state.search ?? "", filters: state.filters ?? [], sort: state.sort?.length ? [...state.sort] : [...query.defaultSort], ...("group" in query && { group: state.group ?? [] }) });
    applyLayout(this.sheet);
  }

  /** Takes a view as the server has it now, after it was saved or reset. */
  take(view) {
    this.list = [...this.list.filter((one) => one.id !== view.id), view];
    this.active = view;
    this.sheet.layout.open(view);
    this.bind();
    this.sheet.query.showAddress?.();
    this.draw();
    this.load().catch(() => {});
    this.recount();
  }

  link() {
    const params = new URLSearchParams(this.sheet.query.params());
    if (this.active) params.set("view", this.active.id);
    if (!params.has("filters")) params.set("filters", "[]");
    params.set("look", JSON.stringify({ ...this.sheet.layout.state().columns, height: this.sheet.layout.height, colours: this.sheet.layout.colours }));
    return `${location.origin}${location.pathname}?${params}`;
  }

  tab(label, pressed, key, open, changed = false) {
    const count = this.counts[key];
    const inner = [h("span", {}, label), count !== undefined && h("span", { class: "count" }, plainNumber(String(count))), changed && h("span", { class: "changed", title: t("Changed, not saved") }, h("span", { class: "visually-hidden" }, " " + t("changed")))];
    return h("button", { type: "button", class: "view-tab", "aria-pressed": String(pressed), onclick: open, data: { view: key } }, inner);
  }

  async openMenu(anchor) {
    const { openViewsMenu } = await parts();
    openViewsMenu(this, anchor.isConnected ? anchor : this.node.querySelector('[data-view="menu"]'));
  }

  draw() {
    const { query } = this.sheet;
    const focused = this.node.contains(document.activeElement) ? document.activeElement.dataset.view : null;
    const isQuick = (view) => !this.active && JSON.stringify(view.filters ?? []) === JSON.stringify(query.filters) && !query.search;
    const pinned = this.list.filter((view) => view.state && (view.pinned || view.id === this.active?.id));
    if (this.active && !pinned.some((view) => view.id === this.active.id)) pinned.push(this.active);
    const menu = this.can.see && h("button", { type: "button", class: "view-tab", "aria-haspopup": "menu", "aria-label": this.active ? t("View {name}: save, share and more", { name: this.active.name }) : t("Views: open and save"), data: { view: "menu" }, onclick: (event) => this.openMenu(event.currentTarget) }, icon(this.changed ? "edit" : "panel"), h("span", {}, this.changed ? t("Changed") : t("Views")), icon("down"));
    this.node.replaceChildren(
      ...[
        this.tab(t("All"), !this.active && !query.narrowed, "all", () => this.open(null)),
        ...this.quick.map((view, at) => this.tab(view.label, isQuick(view), `quick:${at}`, () => this.open(null, view))),
        ...pinned.map((view) => this.tab(view.name, this.active?.id === view.id, view.id, () => this.open(view), this.active?.id === view.id && this.changed)),
        menu,
      ].filter(Boolean),
    );
    if (focused) this.node.querySelector(`[data-view="${CSS.escape(focused)}"]`)?.focus();
  }
}

/** Tabs above the toolbar, colours and search marks. */
export function startViews(sheet) {
  applyHeight(sheet);
  startColours(sheet);
  startHighlight(sheet);
  sheet.views = new Views(sheet);
}
