/* How a table is laid out: columns, widths, order, totals, how many stand still, row height, colours. Kept per person and table, and per view. */
import { recall, remember } from "../core/dom.js";

const NARROW = matchMedia("(max-width: 860px)");
export const HEIGHTS = { compact: 26, normal: 32, tall: 52 };
const TOUCH = 40;

export class Layout {
  constructor(table, columns, view = undefined) {
    this.base = `batchly:grid:${document.body.dataset.user ?? ""}:${table}`;
    this.specs = columns;
    this.phone = NARROW;
    this.listeners = [];
    this.open(view ?? null);
    // A grid inside a record has no address of its own.
    if (view !== undefined) this.takeLook(new URLSearchParams(location.search).get("look"));
  }

  onchange(listener) {
    this.listeners.push(listener);
  }

  /** Starts from a view's own layout, or from the person's; a draft that was not saved yet comes back. */
  open(view) {
    this.look = null;
    this.view = view;
    this.key = view ? `${this.base}:view:${view.id}` : this.base;
    this.take(recall(this.key) ?? this.original());
  }

  /** What the view says, without the changes of this browser. */
  original() {
    const state = this.view?.state;
    return state ? { ...state.columns, height: state.height, colours: state.colours } : {};
  }

  /** A layout that came with a link: shown, and kept only once it is changed. */
  takeLook(text) {
    if (!text) return;
    try {
      const kept = JSON.parse(text);
      if (kept && typeof kept === "object") this.take(kept);
      this.look = text;
    } catch {
      this.look = null;
    }
  }

  take(kept) {
    Object.assign(this, this.complete(kept));
    this.hidden = new Set(this.hidden);
    this.changed();
  }

  changed() {
    for (const listener of this.listeners) listener();
  }

  /** A layout with every part, whatever is missing or no longer fits. */
  complete(kept) {
    const known = new Set(this.specs.map((column) => column.name));
    const list = (value) => (Array.isArray(value) ? value : []);
    const hidden = list(kept.hidden ?? this.specs.filter((column) => column.hidden).map((column) => column.name)).filter((name) => known.has(name));
    const widths = Object.entries(kept.widths ?? {}).filter(([name, width]) => known.has(name) && Number.isFinite(width));
    return {
      order: this.completeOrder(list(kept.order)),
      hidden: hidden.length < known.size ? [...new Set(hidden)].sort() : [],
      widths: Object.fromEntries(widths.map(([name, width]) => [name, Math.round(width)]).sort()),
      totals: this.completeTotals(kept.totals),
      frozen: Number.isInteger(kept.frozen) ? Math.max(0, Math.min(kept.frozen, known.size)) : this.specs.filter((column) => column.frozen).length,
      height: kept.height in HEIGHTS ? kept.height : "normal",
      colours: list(kept.colours).filter((rule) => known.has(rule?.column)),
    };
  }

  /** The layout as a view keeps it. */
  state() {
    return this.stateOf({ ...this, hidden: [...this.hidden] });
  }

  stateOf(kept) {
    const { height, colours, ...columns } = this.complete(kept);
    return { columns, height, colours };
  }

  get isChanged() {
    return JSON.stringify(this.state()) !== JSON.stringify(this.stateOf(this.original()));
  }

  /** The totals below the columns where they are not the usual ones; an empty word is none. */
  completeTotals(kept) {
    const fits = (name, way) => this.specs.some((spec) => spec.name === name && (way === "" || spec.totals?.includes(way)));
    return Object.fromEntries(Object.entries(kept ?? {}).filter((pair) => fits(...pair)).sort());
  }

  /** The kept order, with columns that came later at their place and those that went left out. */
  completeOrder(kept) {
    const names = this.specs.map((column) => column.name);
    const order = [...new Set(kept)].filter((name) => names.includes(name));
    if (!order.length) {
      const still = this.specs.filter((column) => column.frozen).map((column) => column.name);
      return [...still, ...names.filter((name) => !still.includes(name))];
    }
    names.forEach((name, index) => {
      if (!order.includes(name)) order.splice(index, 0, name);
    });
    return order;
  }

  /** Specs in order, without the hidden ones. */
  shown() {
    const byName = new Map(this.specs.map((column) => [column.name, column]));
    return this.order.filter((name) => !this.hidden.has(name)).map((name) => byName.get(name));
  }

  /** Specs whose values are needed: the shown ones, and those that colour rules look at. */
  needed() {
    const shown = this.shown();
    const extra = this.specs.filter((column) => this.hidden.has(column.name) && this.colours.some((rule) => rule.column === column.name));
    return [...shown, ...extra];
  }

  width(column) {
    return this.widths[column.name] ?? column.width ?? 130;
  }

  rowHeight() {
    return this.phone.matches ? Math.max(TOUCH, HEIGHTS[this.height]) : HEIGHTS[this.height];
  }

  /** Index of the last column that stands still, counting the tick column; -1 on phones. */
  frozenIndex() {
    if (this.phone.matches || !this.frozen) return -1;
    return Math.min(this.frozen, this.shown().length - 1);
  }

  save() {
    this.look = null;
    const { columns, height, colours } = this.state();
    if (this.view && !this.isChanged) localStorage.removeItem(this.key);
    else remember(this.key, { ...columns, height, colours });
    this.changed();
  }

  /** Back to what the view, or the table, says. */
  reset() {
    localStorage.removeItem(this.key);
    this.look = null;
    this.take(this.original());
  }

  reorder(shownNames) {
    const rest = this.order.filter((name) => !shownNames.includes(name));
    this.order = [...shownNames, ...rest];
    this.save();
  }
}
