/* Ticked rows: a set of ids that survives scrolling and sorting, or "all rows of this filter". */
import { announce } from "../core/announce.js";
import { plural } from "../core/format.js";
import { t } from "../core/words.js";
import { toast } from "../ui/toast.js";

const LOAD_LIMIT = 5000;

export class Selection {
  constructor(sheet) {
    this.sheet = sheet;
    this.ids = new Set();
    this.all = false;
    this.anchor = null;
    this.listeners = [];
  }

  onchange(listener) {
    this.listeners.push(listener);
  }

  has(id) {
    return this.all || this.ids.has(id);
  }

  get size() {
    return this.all ? this.sheet.store.total : this.ids.size;
  }

  /** What the preview of a bulk action is asked about; it signs a filter, and only that can be started. */
  asBody() {
    return this.all ? { all: true, filter: this.sheet.query.asSelection() } : { ids: [...this.ids] };
  }

  changed() {
    this.sheet.grid.invalidate();
    for (const listener of this.listeners) listener(this);
    announce(this.size ? t("{rows} selected", { rows: plural(this.size, "row") }) : t("Nothing selected"));
  }

  set(ids) {
    this.all = false;
    this.ids = new Set(ids);
    this.changed();
  }

  clear() {
    if (this.size || this.all) this.set([]);
  }

  selectAll() {
    this.all = true;
    this.ids.clear();
    this.changed();
  }

  async toggle(row) {
    const item = this.sheet.store.getItem(row);
    if (!item) return;
    if (this.all && !(await this.spellOut())) return;
    if (this.ids.has(item.id)) this.ids.delete(item.id);
    else this.ids.add(item.id);
    this.anchor = row;
    this.changed();
  }

  /** Shift+click: everything between the last ticked row and this one. */
  async extendTo(row) {
    const from = Math.min(this.anchor ?? row, row);
    const to = Math.max(this.anchor ?? row, row);
    if (to - from > LOAD_LIMIT) {
      toast(t("That is more than {rows}. Filter and use “Select all” instead.", { rows: plural(LOAD_LIMIT, "row") }), { tone: "amber" });
      return;
    }
    if (this.all && !(await this.spellOut())) return;
    await this.sheet.store.ensure(from, to);
    for (let at = from; at <= to; at += 1) {
      const item = this.sheet.store.getItem(at);
      if (item) this.ids.add(item.id);
    }
    this.changed();
  }

  /** "All of the filter" as single ids, so that one can be left out. */
  async spellOut() {
    const { store } = this.sheet;
    if (store.grouped || store.total > LOAD_LIMIT / 2) {
      toast(t("All rows of the filter are selected. Clear the selection to pick single rows."), { tone: "amber" });
      return false;
    }
    await store.ensure(0, store.total - 1);
    this.all = false;
    for (let at = 0; at < store.total; at += 1) {
      const item = store.getItem(at);
      if (item) this.ids.add(item.id);
    }
    return true;
  }
}
