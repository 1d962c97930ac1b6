/* One record beside the grid: opened with Space or the row's handle, walked through in the grid's order, in the address. */
import { announce } from "../core/announce.js";
import { debounce, h, icon } from "../core/dom.js";
import { getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { confirmDialog } from "../ui/dialog.js";
import { toastError } from "../ui/toast.js";
import { openLines } from "./line_sheet.js";
import { Address } from "./panel_address.js";
import { Fields } from "./panel_fields.js";
import { badgeRow, filesPart, historyPart, relatedPart, syncPart } from "./panel_view.js";

const REST = 180;
const PHONE = matchMedia("(max-width: 720px)");

function square(label, glyph, props, look = "") {
  return h("button", { type: "button", class: "button ghost small square", "aria-label": label, title: label, ...props }, icon(glyph, look));
}

export class Panel {
  constructor(sheet, Sheet) {
    Object.assign(this, { sheet, Sheet, record: null, row: null, lines: null, epoch: 0 });
    this.fields = new Fields(this);
    this.build();
    this.address = new Address((id) => this.follow(id));
    sheet.query.onchange(() => this.queryChanged());
    sheet.grid.onActiveCellChanged.subscribe((_event, { row }) => this.followCursor(row));
    sheet.grid.onRendered.subscribe(debounce(() => this.notice(), 250));
    PHONE.addEventListener("change", () => this.node.setAttribute("aria-modal", String(PHONE.matches)));
  }

  build() {
    this.title = h("h2", { id: "record-panel-title", tabIndex: -1 });
    this.back = square(t("Previous record (Alt+Page Up)"), "down", { onclick: () => this.step(-1) }, "flip");
    this.forth = square(t("Next record (Alt+Page Down)"), "down", { onclick: () => this.step(1) });
    this.link = h("a", { class: "button ghost small", "aria-label": t("Open the record's page"), hidden: true }, icon("open"));
    const close = square(t("Close (Escape)"), "close", { onclick: () => this.close() });
    this.body = h("div", { class: "body" });
    this.node = h("aside", { class: "record-panel", role: "dialog", "aria-modal": String(PHONE.matches), "aria-labelledby": "record-panel-title", hidden: true },
      h("header", {}, h("div", { class: "words" }, this.title, this.under = h("div", { class: "muted small clip" })), this.back, this.forth, this.link, close), this.body);
    this.node.addEventListener("keydown", (event) => this.onKey(event));
    document.body.append(this.node);
  }

  get isOpen() {
    return !this.node.hidden;
  }

  onKey(event) {
    const step = event.altKey && { PageUp: -1, PageDown: 1 }[event.key];
    if (step) {
      event.preventDefault();
      this.step(step);
    } else if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      this.close();
    } else if ((event.ctrlKey || event.metaKey) && ["z", "y"].includes(event.key.toLowerCase()) && !event.target.closest("input, textarea")) {
      event.preventDefault();
      this.undo(event.key.toLowerCase() === "y" || event.shiftKey);
    } else if (event.key === "Tab" && PHONE.matches) this.keepFocus(event);
  }

  /** Over the whole screen the focus stays inside. */
  keepFocus(event) {
    const all = [...this.node.querySelectorAll("a[href], button:not(:disabled), input, textarea, summary")].filter((node) => node.offsetParent);
    const edge = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0]).focus();
  }

  async undo(again) {
    await (again ? this.sheet.changes.redo() : this.sheet.changes.undo());
    await this.reload();
  }

  // Opening, walking, closing

  /** Opens the record of a row. */
  open(row) {
    const item = this.sheet.store.getItem(row);
    if (!item?.id || !this.sheet.config.urls.record) return;
    if (this.isOpen && this.record?.id === item.id) this.title.focus();
    else this.show(item.id, row, { focus: true });
  }

  /** The cursor moved in the grid: the record beside it is the one it stands on, once it rests. */
  followCursor(row) {
    clearTimeout(this.resting);
    if (!this.isOpen || PHONE.matches || row === undefined || row === null || row === this.row) return;
    this.resting = setTimeout(() => {
      const item = this.sheet.store.getItem(row);
      if (this.isOpen && item?.id && item.id !== this.record?.id) this.show(item.id, row);
    }, REST);
  }

  /** The row in the grid is newer than what is shown here: changed there, or by somebody else. */
  notice() {
    const row = this.isOpen && this.record ? this.sheet.store.find(this.record.id) : null;
    if (row && row.item.version > this.record.version && !this.fields.editing) this.reload();
  }

  url(id, part) {
    return `${this.sheet.recordUrl(id)}/${part}`;
  }

  async show(id, row, { focus = false, address = true } = {}) {
    if (this.record && this.record.id !== id && !(await this.settle())) return;
    this.epoch += 1;
    const { epoch } = this;
    const wasOpen = this.isOpen;
    this.row = row;
    this.node.hidden = false;
    document.body.dataset.beside = "record";
    this.node.dataset.state = "loading";
    if (address) this.address.write(id, wasOpen);
    this.drawSteps();
    if (focus && !wasOpen) this.title.focus();
    try {
      const record = await getJson(this.url(id, "panel"));
      if (epoch !== this.epoch) return;
      this.draw(record);
      announce(`${record.title}, ${this.sheet.config.singular}`);
    } catch (error) {
      if (epoch !== this.epoch) return;
      this.forget();
      this.title.textContent = t("Could not open this record");
      this.body.replaceChildren(h("p", { class: "note red", role: "alert" }, icon("warn"), error.message));
      this.node.dataset.state = "error";
    }
  }

  async step(by) {
    if (!(await this.settle()) || this.row === null) return;
    const { store, grid } = this.sheet;
    const to = this.row + by;
    if (to < 0 || to >= store.total) return;
    await store.ensure(to, to).catch(toastError);
    const item = store.getItem(to);
    if (!item?.id) return;
    this.row = to;
    grid.setActiveCell(to, grid.getActiveCell()?.cell ?? 1);
    await this.show(item.id, to);
  }

  drawSteps() {
    this.back.disabled = this.row === null || this.row <= 0;
    this.forth.disabled = this.row === null || this.row >= this.sheet.store.total - 1;
  }

  /** Saves what is being typed; asks before unfinished lines are lost. */
  async settle() {
    this.fields.settle();
    const left = (await this.lines?.settle()) ?? 0;
    if (!left) return true;
    return confirmDialog({ title: t("Leave unfinished lines?"), text: t("Some new lines could not be saved. Leaving this record throws them away."), label: t("Leave"), danger: true });
  }

  async close({ address = true } = {}) {
    if (!this.isOpen || !(await this.settle())) return;
    const { grid } = this.sheet;
    this.epoch += 1;
    this.forget();
    this.node.hidden = true;
    delete document.body.dataset.beside;
    if (address) this.address.drop();
    if (this.row !== null && this.row < this.sheet.store.total) {
      const cell = grid.getActiveCell();
      if (cell?.row !== this.row) grid.setActiveCell(this.row, cell?.cell ?? 1);
    }
    this.sheet.focusGrid();
  }

  forget() {
    this.lines?.close();
    this.lines = null;
    this.record = null;
  }

  /** The browser's own Back and Forward. */
  follow(id) {
    if (!id) this.close({ address: false });
    else if (this.record?.id !== id) this.openLink(id);
  }

  queryChanged() {
    if (!this.isOpen || !this.record) return;
    this.address.keep(this.record.id);
    this.findRow(this.record.id);
  }

  /** A link to a record: opened at once; its row in the grid is looked for meanwhile. */
  async openLink(id) {
    const shown = this.show(id, this.sheet.store.find(id)?.row ?? null, { focus: true, address: false });
    await this.findRow(id);
    await shown;
  }

  async findRow(id) {
    try {
      const { row } = await getJson(`${this.url(id, "place")}?${this.sheet.query.params()}`);
      await this.counted();
      if (this.record && this.record.id !== id) return;
      this.row = row;
      if (row !== null) {
        await this.sheet.store.ensure(row, row);
        this.sheet.grid.scrollRowIntoView(row);
        this.sheet.grid.setActiveCell(row, this.sheet.grid.getActiveCell()?.cell ?? 1);
        if (this.isOpen && !this.node.contains(document.activeElement)) this.title.focus();
      }
      this.drawSteps();
    } catch {
      // Without its row the record is shown all the same; only walking on is closed.
    }
  }

  /** Rows can be pointed at once their number is known. */
  counted() {
    const { store } = this.sheet;
    return store.counted ? null : new Promise((resolve) => { store.on("total", (_total, counted) => counted && resolve()); });
  }

  // Drawing

  draw(record) {
    this.forget();
    this.record = record;
    this.node.dataset.state = "ready";
    this.node.dataset.record = record.id;
    this.body.scrollTop = 0;
    const place = record.lines && h("section", { class: "panel-part", "aria-label": record.lines.title }, h("header", {}, h("h3", {}, record.lines.title)));
    this.top = h("div", { class: "stack" });
    this.tail = h("div", { class: "stack" });
    this.files = record.files && filesPart(record.files, this);
    const [first, ...others] = this.fields.build(record.groups);
    this.body.replaceChildren(...[this.top, first, place, this.files?.node, ...others, this.tail].filter(Boolean));
    this.drawAround();
    if (place) this.lines = openLines(this.Sheet, place, record.lines, { ondocument: (state) => this.documentChanged(state) });
  }

  drawAround() {
    const { record } = this;
    this.title.textContent = record.title;
    this.under.textContent = record.subtitle;
    this.link.href = record.url;
    this.link.hidden = false;
    this.top.replaceChildren(...[badgeRow(record.badges), record.lock && h("div", { class: "note", role: "note" }, icon("lock"), record.lock)].filter(Boolean));
    this.tail.replaceChildren(...[syncPart(record.sync, this), ...record.related.map(relatedPart), historyPart(record.history, this)].filter(Boolean));
    this.files?.box.load();
    this.drawSteps();
  }

  /** Reads the record again after a change; what is being typed stays. Answers whether it is still the one shown. */
  async read() {
    const id = this.record?.id;
    if (!id) return false;
    try {
      const record = await getJson(this.url(id, "panel"));
      if (this.record?.id !== id) return false;
      this.record = record;
      this.fields.redraw();
      this.drawAround();
      return true;
    } catch (error) {
      toastError(error);
      return false;
    }
  }

  async reload() {
    if (await this.read()) await this.lines?.sheet.store.reset();
  }

  /** Lines were saved: the document's own figures follow, here and in its row. */
  async documentChanged(state) {
    if (!this.record || !this.changed(state)) return;
    if (await this.read()) await this.sheet.store.renew(...this.sheet.visible()).catch(toastError);
  }

  changed(state) {
    return state.lock !== this.record.lock || state.totals.some((total) => total.value !== this.record.cells[total.name]);
  }

  /** A conflict in the record that is open is settled in its field, not over the grid behind it. */
  takesConflict(id, name) {
    if (this.record?.id !== id || !this.fields.find(name)) return false;
    this.fields.find(name).draw();
    return true;
  }
}
