/* Find and replace over all rows of the filter, loaded or not: the server looks, one change set replaces. */
import { announce } from "../core/announce.js";
import { button, debounce, h, icon } from "../core/dom.js";
import { editText, plainNumber, plural } from "../core/format.js";
import { getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { confirmDialog } from "../ui/dialog.js";
import { toast, toastError } from "../ui/toast.js";
import { MOST_WRITTEN, writable } from "./blocks.js";

const STYLE = "found";
const MOST_SHOWN = 2000;

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

export class FindBar {
  constructor(sheet) {
    this.sheet = sheet;
    this.hits = [];
    this.more = false;
    this.at = -1;
    this.run = 0;
    this.build();
    const soon = debounce(() => this.look(), 220);
    this.what.addEventListener("input", soon);
    for (const box of [this.caseBox, this.wholeBox]) box.addEventListener("change", () => this.look());
    this.node.addEventListener("keydown", (event) => this.onKey(event));
    sheet.query.onchange(() => !this.node.hidden && this.look());
    sheet.grid.onRendered.subscribe(() => this.paint());
  }

  build() {
    const field = (label) => h("input", { class: "input", type: "text", placeholder: label, "aria-label": label, autocomplete: "off", maxLength: 200 });
    const symbol = (label, name, work, look = "") => h("button", { type: "button", class: "button ghost small square", title: label, "aria-label": label, onclick: work }, icon(name, look));
    const tick = (label) => h("input", { type: "checkbox", "aria-label": label });
    this.what = field(t("Find"));
    this.into = field(t("Replace with"));
    this.caseBox = tick(t("Match case"));
    this.wholeBox = tick(t("Whole cell"));
    this.count = h("span", { class: "found-count", role: "status" });
    const one = button(t("Replace"), { class: "button small", onclick: () => this.replaceOne().catch(toastError) });
    const all = button(t("Replace all…"), { class: "button small", onclick: () => this.replaceAll().catch(toastError) });
    this.replacing = h("span", { class: "row find-replace" }, this.into, one, all);
    this.node = h(
      "div",
      { class: "find-bar", role: "search", "aria-label": t("Find and replace"), hidden: true },
      h("span", { class: "row" }, this.what, this.count,
        symbol(t("Previous"), "down", () => this.go(-1), "turned"),
        symbol(t("Next"), "down", () => this.go(1))),
      h("label", { class: "row small" }, this.caseBox, t("Match case")),
      h("label", { class: "row small" }, this.wholeBox, t("Whole cell")),
      this.replacing,
      symbol(t("Close"), "close", () => this.close()),
    );
    this.sheet.area.before(this.node);
  }

  open(replace) {
    const fresh = this.node.hidden;
    this.node.hidden = false;
    this.replacing.hidden = !replace || !this.sheet.config.can.edit;
    this.sheet.grid.resizeCanvas();
    this.what.focus();
    this.what.select();
    if (fresh && this.what.value) this.look();
  }

  close() {
    this.node.hidden = true;
    this.hits = [];
    this.paint();
    this.sheet.focusGrid();
  }

  onKey(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Enter" && event.target === this.what) {
      event.preventDefault();
      this.go(event.shiftKey ? -1 : 1);
    } else if (event.key === "Enter" && event.target === this.into) {
      event.preventDefault();
      this.replaceOne().catch(toastError);
    }
  }

  params(extra) {
    const columns = this.sheet.layout.shown().map((spec) => spec.name).join(",");
    const asked = new URLSearchParams({ q: this.what.value, columns, case: this.caseBox.checked ? "1" : "0", whole: this.wholeBox.checked ? "1" : "0", ...extra });
    return `${this.sheet.config.urls.find}?${asked}&${this.sheet.query.params()}`;
  }

  /** Looks anew; stays near the cell it was on. */
  async look(move = true) {
    this.run += 1;
    const { run } = this;
    if (!this.what.value) {
      this.hits = [];
      this.tell();
      return;
    }
    this.count.textContent = t("Looking…");
    try {
      const found = await getJson(this.params({ limit: String(MOST_SHOWN) }));
      if (run !== this.run) return;
      const { store } = this.sheet;
      this.hits = found.hits.map(([place, id, column]) => [store.rowAt?.(place) ?? place, id, column]).filter(([row]) => row >= 0);
      this.more = found.more;
      this.at = -1;
      if (move) this.go(1, false);
      else this.tell();
    } catch (error) {
      if (run !== this.run) return;
      this.hits = [];
      this.tell();
      toastError(error);
    }
  }

  tell() {
    const { length } = this.hits;
    const total = `${plainNumber(String(length))}${this.more ? "+" : ""}`;
    this.count.textContent = !this.what.value ? "" : !length ? t("Not found") : this.at >= 0 ? t("{at} of {total}", { at: plainNumber(String(this.at + 1)), total }) : t("{total} found", { total });
    this.paint();
  }

  order([row, , column]) {
    return row * 1000 + this.sheet.cellOf(column);
  }

  /** To the next or previous hit, from the active cell on. */
  go(way, past = true) {
    if (!this.hits.length) {
      this.tell();
      return;
    }
    const active = this.sheet.grid.getActiveCell() ?? { row: 0, cell: 0 };
    const here = active.row * 1000 + active.cell;
    const { length } = this.hits;
    if (this.at < 0) {
      const first = this.hits.findIndex((hit) => this.order(hit) >= here);
      this.at = first < 0 ? 0 : first;
      if (way < 0) this.at = (this.at - 1 + length) % length;
      else if (past && this.order(this.hits[this.at]) === here) this.at = (this.at + 1) % length;
    } else this.at = (this.at + way + length) % length;
    const [row, , column] = this.hits[this.at];
    this.sheet.ranges.moveTo(row, this.sheet.cellOf(column));
    this.tell();
  }

  paint() {
    const { grid } = this.sheet;
    const { top, bottom } = grid.getRenderedRange();
    const styles = {};
    for (const [row, , column] of this.hits) {
      if (row >= top - 5 && row <= bottom + 5) (styles[row] ??= {})[column] = "found";
    }
    const sign = JSON.stringify(styles);
    if (sign === (this.painted ?? "{}")) return;
    this.painted = sign;
    grid.setCellCssStyles(STYLE, styles);
  }

  /** The text of a cell with what was found replaced. */
  replaced(text) {
    const flags = this.caseBox.checked ? "gu" : "giu";
    const what = escaped(this.what.value);
    return text.replace(new RegExp(this.wholeBox.checked ? `^${what}$` : what, flags), () => this.into.value);
  }

  /** Entries to write out of the hits and the rows they are in. */
  entries({ hits, rows, columns }) {
    const items = new Map(rows.map(([id, version, lock, ...values]) => {
      const v = [];
      columns.forEach((name, index) => { v[this.sheet.position(name)] = values[index]; });
      return [id, { id, version, lock, v }];
    }));
    return hits
      .map(([, id, column]) => ({ item: items.get(id), spec: this.sheet.spec(column) }))
      .filter(({ item }) => item)
      .map(({ item, spec }) => ({ item, spec, before: editText(spec, item.v[this.sheet.position(spec.name)]) }))
      .map((entry) => ({ ...entry, text: this.replaced(entry.before) }))
      .filter((entry) => entry.text !== entry.before);
  }

  async replaceOne() {
    if (this.at < 0) {
      this.go(1, false);
      return;
    }
    const [row, id, column] = this.hits[this.at];
    const item = this.sheet.store.getItem(row);
    const spec = this.sheet.spec(column);
    if (!item || item.id !== id) return;
    const reason = this.sheet.whyNot(item, spec);
    const before = editText(spec, item.v[this.sheet.position(column)]);
    const text = this.replaced(before);
    if (reason) this.sheet.refuse(reason);
    else if (text !== before) await this.sheet.changes.commit([{ item, spec, text }], "cell");
    this.hits.splice(this.at, 1);
    this.at -= 1;
    this.go(1);
  }

  async replaceAll() {
    if (!this.what.value) return;
    const found = await getJson(this.params({ limit: String(MOST_WRITTEN), cells: "1" }));
    const { list, left } = writable(this.sheet, this.entries(found));
    const out = [left.locked && t("{cells} in locked rows", { cells: plural(left.locked, "cell") }), left.fixed && t("{cells} in columns that cannot be edited", { cells: plural(left.fixed, "cell") })].filter(Boolean);
    const leaves = out.length ? " " + t("Left out: {out}.", { out: out.join(", ") }) : "";
    if (!list.length) {
      toast(t("Nothing to replace.{leaves}", { leaves }), { tone: "amber" });
      return;
    }
    const rows = new Set(list.map(({ item }) => item.id)).size;
    const shown = list.slice(0, 5).map(({ before, text, spec }) => h("li", {}, `${spec.label}: `, h("del", {}, before), " → ", h("ins", {}, text || t("(empty)"))));
    const words = [
      h("span", {}, t("{cells} in {rows} will change.{leaves}{more} One undo takes it back.", { cells: plural(list.length, "cell"), rows: plural(rows, "row"), leaves, more: found.more ? " " + t("Only the first {MOST_WRITTEN} places are looked at; replace again for the rest.", { MOST_WRITTEN: plainNumber(String(MOST_WRITTEN)) }) : "" })),
      h("ul", { class: "replace-list" }, shown, list.length > shown.length && h("li", { class: "muted" }, t("and {cells} more", { cells: plural(list.length - shown.length, "cell") }))),
    ];
    if (!(await confirmDialog({ title: t("Replace all?"), text: h("span", {}, words), label: t("Replace in {cells}", { cells: plural(list.length, "cell") }) }))) return;
    await this.sheet.changes.commit(list, "fill");
    announce(t("{cells} replaced", { cells: plural(list.length, "cell") }));
    await this.sheet.refresh();
    await this.look(false);
  }
}
