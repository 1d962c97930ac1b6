/* An edited row stays where it is until the cursor leaves it; then a line tells where it went. */
import { announce } from "../core/announce.js";
import { button, h } from "../core/dom.js";
import { getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { toastError } from "../ui/toast.js";
import { rereadScreen } from "./feed.js";

function labelOf(sheet, item) {
  const name = sheet.config.columns.find((column) => column.frozen) ?? sheet.config.columns[0];
  const value = item.v[sheet.position(name.name)];
  return String((Array.isArray(value) ? value[1] : value) ?? sheet.config.singular ?? t("The row"));
}

class Staying {
  constructor(sheet) {
    this.sheet = sheet;
    this.touched = new Map();
    this.chip = h("div", { class: "stay-chip", role: "status", hidden: true });
    document.getElementById("grid-status").before(this.chip);
    sheet.grid.onActiveCellChanged.subscribe((_event, { row }) => this.left(row));
    sheet.query.onchange(() => {
      this.touched.clear();
      this.hide();
    });
  }

  holds() {
    return this.touched.size > 0;
  }

  /** A cell of a row was saved. Only what the view is filtered, sorted or grouped by can move it. */
  touch(item, name) {
    const { query } = this.sheet;
    const orders = [...query.group, ...query.sort].some((term) => term.replace(/^-/, "").split(":")[0] === name);
    if (!query.narrowed && !orders) return;
    this.touched.set(item.id, item);
    if (this.sheet.store.getItem(this.sheet.grid.getActiveCell()?.row)?.id !== item.id) this.left(-1);
  }

  left(row) {
    const here = row === undefined || row < 0 ? null : this.sheet.store.getItem(row)?.id;
    const gone = [...this.touched.values()].filter((item) => item.id !== here);
    for (const item of gone) this.touched.delete(item.id);
    if (gone.length) this.ask(gone).catch(toastError);
  }

  async ask(items) {
    const { sheet } = this;
    const moved = [];
    for (const item of items.slice(0, 20)) {
      const held = sheet.store.find(item.id);
      const url = sheet.config.urls.place.replace("{id}", encodeURIComponent(item.id));
      const { row } = await getJson(`${url}?${sheet.query.params()}`);
      if (held && row !== (sheet.store.placeOf?.(held.row) ?? held.row)) moved.push({ item, row });
    }
    if (!moved.length && !sheet.store.grouped) return;
    if (!sheet.grid.getCellEditor() && !sheet.changes.waiting) await rereadScreen(sheet);
    if (moved.length) this.tell(moved);
  }

  tell(moved) {
    const { item, row } = moved[0];
    const filtered = moved.filter((one) => one.row === null).length;
    const mover = this.sheet.query.group.length ? t("into another group or place") : t("by the sort");
    const reason = filtered ? t("no longer matches the filter") : t("was moved {mover}", { mover });
    const reasons = filtered ? t("no longer match the filter") : t("were moved {mover}", { mover });
    const words = moved.length === 1 ? `${labelOf(this.sheet, item)} ${reason}.` : t("{length} rows {reasons}.", { length: moved.length, reasons });
    const see = button(t("Show"), { class: "button small", onclick: () => this.show(item, row) });
    const close = button("", { class: "button ghost small square", "aria-label": t("Close"), onclick: () => this.hide() }, "close");
    this.chip.replaceChildren(h("span", {}, words), see, close);
    this.chip.hidden = false;
    this.sheet.grid.resizeCanvas();
    announce(words);
  }

  hide() {
    if (this.chip.hidden) return;
    this.chip.hidden = true;
    this.chip.replaceChildren();
    this.sheet.grid.resizeCanvas();
  }

  /** Goes to where a row stands now; one that the filter leaves out is opened by itself. */
  async show(item, row) {
    this.hide();
    const url = this.sheet.recordUrl(item.id);
    if (row === null && url) {
      location.assign(url);
      return;
    }
    try {
      const at = this.sheet.grouping?.unfoldTo(row) ?? row;
      await this.sheet.store.ensure(at, at);
      this.sheet.grid.scrollRowIntoView(at, false);
      this.sheet.grid.setActiveCell(at, 1);
      this.sheet.grid.focus();
    } catch (error) {
      toastError(error);
    }
  }
}

export function startStaying(sheet) {
  if (sheet.config.urls.place) sheet.staying = new Staying(sheet);
}
