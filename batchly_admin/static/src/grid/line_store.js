/* The lines of one document: all of them at hand, with rows below them where new ones are written. */
import { getJson } from "../core/http.js";
import { newKey } from "../core/dom.js";

/** Speaks like the windowed store. `real` counts the saved lines, `total` those and the new ones. */
export class LineStore {
  constructor(url, mayAdd) {
    Object.assign(this, { url, mayAdd, describe: null, epoch: 0, real: 0, counted: false, document: null, editedRow: () => -1 });
    this.saved = [];
    this.fresh = [];
    // Others ask by its size whether anything is loaded.
    this.pages = new Map();
    this.listeners = { rows: [], total: [], error: [], document: [] };
  }

  on(name, listener) {
    (this.listeners[name] ??= []).push(listener);
  }

  tell(name, ...args) {
    for (const listener of this.listeners[name] ?? []) listener(...args);
  }

  /** Nobody is told any more, as of a request that is still under way when the panel closes. */
  silence() {
    this.listeners = {};
  }

  get total() {
    return this.saved.length + this.fresh.length;
  }

  getLength() {
    return this.total;
  }

  getItem(row) {
    return row < this.saved.length ? this.saved[row] : this.fresh[row - this.saved.length];
  }

  getItemMetadata(row) {
    const item = this.getItem(row);
    return item && this.describe ? this.describe(item) : null;
  }

  find(id) {
    const row = [...this.saved, ...this.fresh].findIndex((item) => item.id === id);
    return row < 0 ? null : { row, item: this.getItem(row) };
  }

  /** The rows below the lines that are written already. */
  get written() {
    return this.fresh.findLastIndex((item) => Object.keys(item.texts).length > 0) + 1;
  }

  /** The first row where nothing stands. */
  get free() {
    return this.saved.length + this.written;
  }

  /** Keeps `spare` empty rows below the last written one. */
  spare(count = 1) {
    const empty = this.mayAdd() ? count : 0;
    const { written } = this;
    while (this.fresh.length > written + empty) this.fresh.pop();
    while (this.fresh.length < written + empty) this.fresh.push({ id: `new-${newKey()}`, version: null, lock: null, v: [], texts: {}, shown: {}, red: {}, fresh: true });
    this.tell("total", this.total, true);
  }

  async reset() {
    this.epoch += 1;
    const { epoch } = this;
    try {
      const rows = [];
      let answer;
      do {
        answer = await getJson(`${this.url}?offset=${rows.length}`);
        rows.push(...answer.rows);
      } while (answer.rows.length === 500);
      if (epoch === this.epoch) this.keep(rows, answer.document);
    } catch (error) {
      if (epoch === this.epoch) this.tell("error", error);
      throw error;
    }
  }

  keep(rows, state) {
    const before = this.saved.map((item) => JSON.stringify(item));
    this.fresh = this.fresh.filter((item) => !item.done);
    this.saved = rows.map(([id, version, lock, ...v]) => ({ id, version, lock, v }));
    this.real = rows.length;
    this.counted = true;
    this.pages.set(0, this.saved);
    this.tell("document", state);
    this.spare();
    const all = Array.from({ length: Math.max(before.length, this.total) }, (_none, row) => row);
    const changed = all.filter((row) => before[row] === undefined || before[row] !== JSON.stringify(this.saved[row]));
    // The row with an open editor is drawn around it: drawing it anew would lose what is being typed.
    const edited = this.editedRow();
    this.tell("rows", changed.filter((row) => row !== edited));
    if (edited >= 0) this.tell("edited", edited);
  }

  refresh() {
    return this.reset();
  }

  async renew() {
    return this.reset();
  }

  async look() {}

  async ensure() {}

  async hold() {}
}
