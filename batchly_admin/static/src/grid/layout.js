/* Which columns are shown, how wide, in what order and how many stand still: remembered per person and table. */
import { recall, remember } from "../core/dom.js";

const NARROW = matchMedia("(max-width: 860px)");

export class Layout {
  constructor(table, columns) {
    this.key = `batchly:grid:${document.body.dataset.user ?? ""}:${table}`;
    this.specs = columns;
    const kept = recall(this.key, {});
    this.widths = kept.widths ?? {};
    this.hidden = new Set(kept.hidden ?? columns.filter((column) => column.hidden).map((column) => column.name));
    this.order = this.completeOrder(kept.order ?? []);
    this.frozen = kept.frozen ?? columns.filter((column) => column.frozen).length;
    this.phone = NARROW;
  }

  /** The kept order, with columns that came later at their place and those that went left out. */
  completeOrder(kept) {
    const names = this.specs.map((column) => column.name);
    const order = kept.filter((name) => names.includes(name));
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

  width(column) {
    return this.widths[column.name] ?? column.width ?? 130;
  }

  /** Index of the last column that stands still, counting the tick column; -1 on phones. */
  frozenIndex() {
    if (this.phone.matches || !this.frozen) return -1;
    return Math.min(this.frozen, this.shown().length - 1);
  }

  save() {
    remember(this.key, { widths: this.widths, hidden: [...this.hidden], order: this.order, frozen: this.frozen });
  }

  reset() {
    localStorage.removeItem(this.key);
    const fresh = new Layout(this.key, this.specs);
    this.widths = {};
    this.hidden = new Set(this.specs.filter((column) => column.hidden).map((column) => column.name));
    this.order = fresh.completeOrder([]);
    this.frozen = this.specs.filter((column) => column.frozen).length;
  }

  reorder(shownNames) {
    const rest = this.order.filter((name) => !shownNames.includes(name));
    this.order = [...shownNames, ...rest];
    this.save();
  }
}
