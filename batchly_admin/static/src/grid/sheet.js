/* The spreadsheet of one table: ties SlickGrid, the row store and our modules together. */
import { SlickGrid, SlickRange } from "slickgrid";
import { announce } from "../core/announce.js";
import { toast, toastError } from "../ui/toast.js";
import { Bulk } from "./bulk.js";
import { Changes } from "./changes.js";
import { startAria } from "./aria.js";
import { startClipboard } from "./clipboard.js";
import { applySort, buildColumns, wireColumns } from "./columns.js";
import { openConflict } from "./conflict.js";
import { FilterBar } from "./filters.js";
import { describeRow } from "./formatters.js";
import { startKeyboard } from "./keyboard.js";
import { Layout } from "./layout.js";
import { startOverlay } from "./overlay.js";
import { startPointer } from "./pointer.js";
import { Query } from "./query.js";
import { startRanges } from "./ranges.js";
import { startRenewal } from "./renewal.js";
import { Selection } from "./selection.js";
import { States } from "./states.js";
import { startStatus } from "./status.js";
import { WindowStore } from "./store.js";
import { startToolbar } from "./toolbar.js";

const SETTLE = 40;

export class Sheet {
  constructor(config) {
    this.config = config;
    this.root = document.getElementById("grid-page");
    this.area = document.getElementById("grid-area");
    this.places = new Map(config.columns.map((column, index) => [column.name, index]));
    this.query = new Query(config);
    this.layout = new Layout(config.table, config.columns);
    this.states = new States();
    this.store = new WindowStore({ windowUrl: config.urls.window, countUrl: config.urls.count, query: this.query, names: config.columns.map((column) => column.name), places: () => this.layout.shown().map((column) => this.places.get(column.name)) });
    this.store.describe = (item) => describeRow(this, item);
    this.selection = new Selection(this);
    this.changes = new Changes(this);
    this.typing = false;
    this.filterBar = new FilterBar(this);
    this.makeGrid();
    startToolbar(this);
    this.bulk = new Bulk(this);
    startOverlay(this);
    this.wire();
  }

  makeGrid() {
    const phone = this.layout.phone.matches;
    this.grid = new SlickGrid("#grid", this.store, buildColumns(this), {
      editable: true,
      autoEdit: false,
      autoCommitEdit: true,
      // Its own "edit by key press" also swallows Ctrl+C; keyboard.js does it.
      autoEditByKeypress: false,
      enableCellNavigation: true,
      enableHtmlRendering: false,
      enableMouseWheelScrollHandler: false,
      explicitInitialization: true,
      frozenColumn: this.layout.frozenIndex(),
      multiColumnSort: true,
      rowHeight: phone ? 40 : 32,
      nonce: document.querySelector('meta[name="csp-nonce"]').content,
      dataItemColumnValueExtractor: (item, column) => item.v[column.at],
      editCommandHandler: (item, column, command) => this.changes.commit([{ item, spec: column.spec, text: command.serializedValue, label: command.editor.label }]),
      preventDragFromKeys: [],
    });
    wireColumns(this);
    // Ours first: the selection model would take Ctrl+A and the arrows.
    startKeyboard(this);
    startRanges(this);
    this.grid.init();
    applySort(this);
    startPointer(this);
    startClipboard(this);
    startAria(this);
    startStatus(this);
    startRenewal(this);
  }

  wire() {
    const { grid, store, query } = this;
    let timer = 0;
    grid.onViewportChanged.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(() => this.lookAround(), SETTLE);
    });
    grid.onBeforeEditCell.subscribe((event, { item, column }) => {
      const reason = this.whyNot(item, column.spec);
      if (!reason) return true;
      event.preventDefault();
      this.refuse(reason);
      return false;
    });
    store.on("total", () => {
      grid.updateRowCount();
      grid.render();
    });
    store.on("rows", (rows) => {
      grid.invalidateRows(rows);
      grid.render();
    });
    store.on("error", (error) => {
      if (store.pages.size) toastError(error);
    });
    query.onchange(() => this.reload());
    new ResizeObserver(() => grid.resizeCanvas()).observe(this.area);
    addEventListener("keydown", (event) => {
      if (event.key === "/" && !event.target.closest("input, textarea, select, dialog") && document.activeElement?.closest("#grid") === null) {
        event.preventDefault();
        document.querySelector(".search-box input").focus();
      }
    });
  }

  start() {
    return this.store.reset(this.config.rows ?? null).catch(() => {});
  }

  // Looking around

  visible() {
    const { top, bottom } = this.grid.getRenderedRange();
    return [Math.max(0, top), Math.max(0, bottom)];
  }

  lookAround() {
    if (this.store.total) this.store.look(...this.visible());
  }

  reload() {
    this.selection.clear();
    this.grid.getEditorLock().cancelCurrentEdit();
    this.grid.resetActiveCell();
    this.ranges.setSelectedRanges([]);
    this.root.dataset.state = "loading";
    this.grid.scrollRowToTop(0);
    applySort(this);
    const work = this.store.reset().catch(() => {});
    this.grid.invalidate();
    return work;
  }

  async refresh() {
    try {
      await this.store.refresh(...this.visible());
      this.grid.invalidate();
    } catch (error) {
      toastError(error);
    }
  }

  sortBy(sort) {
    this.query.update({ sort });
  }

  // Addresses and columns

  spec(name) {
    return this.config.columns[this.places.get(name)];
  }

  position(name) {
    return this.places.get(name);
  }

  cellOf(name) {
    return this.grid.getColumnIndex(name) ?? -1;
  }

  recordUrl(id) {
    return this.config.urls.record?.replace("{id}", encodeURIComponent(id));
  }

  actionUrl(name) {
    return this.config.urls.actions.replace("{name}", encodeURIComponent(name));
  }

  openRecord(row) {
    const item = this.store.getItem(row);
    const url = item && this.recordUrl(item.id);
    if (url) location.assign(url);
  }

  // Editing

  whyNot(item, spec) {
    if (!this.config.can.edit) return "Your role may look at this table, not change it.";
    if (item?.lock) return item.lock;
    if (!spec?.editable) return `${spec?.label ?? "This column"} cannot be changed here.`;
    return null;
  }

  refuse(reason) {
    this.closeRefusal?.();
    this.closeRefusal = toast(reason, { tone: "amber", stay: false });
    announce(reason);
  }

  /** Enter or F2 on a cell: edit it, toggle it, settle its conflict, or open the record. Always handles the key. */
  enter({ row, cell }, mayOpen) {
    const item = this.store.getItem(row);
    const { spec } = this.grid.getColumns()[cell];
    if (!item) return true;
    if (!spec) {
      this.openRecord(row);
      return true;
    }
    const reason = this.whyNot(item, spec);
    if (this.states.get(item.id, spec.name)?.kind === "conflict") this.openConflict(item.id, spec.name);
    else if (reason && mayOpen && !spec.editable) this.openRecord(row);
    else if (reason) this.refuse(reason);
    else if (spec.kind === "bool") this.changes.commit([{ item, spec, text: item.v[this.position(spec.name)] ? "No" : "Yes" }]);
    else {
      this.grid.setActiveCell(row, cell);
      this.grid.editActiveCell();
    }
    return true;
  }

  startTyping({ row, cell }) {
    const item = this.store.getItem(row);
    const { spec } = this.grid.getColumns()[cell];
    const reason = item && spec ? this.whyNot(item, spec) : "";
    if (reason) this.refuse(reason);
    if (!item || !spec || reason || spec.kind === "bool") return;
    this.typing = true;
    this.grid.editActiveCell();
    this.typing = false;
  }

  finishEdit(move, refocus = true) {
    if (!this.grid.getCellEditor() || !this.grid.getEditorLock().commitCurrentEdit()) return;
    const go = { down: "navigateDown", up: "navigateUp", left: "navigatePrev", right: "navigateNext" }[move];
    if (go) this.grid[go]();
    if (refocus) this.grid.focus();
  }

  cancelEdit() {
    this.grid.getEditorLock().cancelCurrentEdit();
    this.grid.focus();
  }

  /** Escape outside an editor: first the range, then the ticks. */
  escape() {
    const range = this.ranges.getSelectedRanges().at(-1);
    const active = this.grid.getActiveCell();
    if (range && !range.isSingleCell() && active) this.ranges.setSelectedRanges([new SlickRange(active.row, active.cell)]);
    else if (this.selection.size) this.selection.clear();
    return true;
  }

  selectBox({ top, left, bottom, right }) {
    this.ranges.setSelectedRanges([new SlickRange(top, left, bottom, right)]);
  }

  focusGrid() {
    if (!this.grid.getActiveCell() && this.store.total) this.grid.setActiveCell(0, 1);
    this.grid.focus();
  }

  // States of cells

  redrawIds(ids) {
    const rows = [...new Set(ids)].map((id) => this.store.find(id)?.row).filter((row) => row !== undefined);
    const editing = this.grid.getCellEditor() ? this.grid.getActiveCell()?.row : -1;
    this.grid.invalidateRows(rows.filter((row) => row !== editing));
    this.grid.render();
  }

  openConflict(id, name) {
    openConflict(this, id, name);
  }

  takeTheirs(id, name) {
    const state = this.states.get(id, name);
    const found = this.store.find(id);
    if (found && state) found.item.v[this.position(name)] = state.current;
    this.discard(id, name);
  }

  keepMine(id, name) {
    const state = this.states.get(id, name);
    const found = this.store.find(id);
    if (!found || !state) return;
    found.item.v[this.position(name)] = state.current;
    this.changes.commit([{ item: found.item, spec: this.spec(name), text: state.sent ?? state.text, label: state.text }]);
  }

  discard(id, name) {
    this.states.clear(id, name);
    this.redrawIds([id]);
    this.root.dataset.problems = String(this.states.open());
  }

}
