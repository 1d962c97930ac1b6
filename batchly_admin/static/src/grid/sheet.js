/* The spreadsheet of one table: ties SlickGrid, the row store and our modules together. */
import { SlickGrid, SlickRange } from "slickgrid";
import { announce } from "../core/announce.js";
import { t } from "../core/words.js";
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
import { fetchAtRest } from "./later.js";
import { startOverlay } from "./overlay.js";
import { startPanel } from "./panel_door.js";
import { pagePlace } from "./places.js";
import { startHands } from "./hands.js";
import { makeStore, startGrouping } from "./grouping.js";
import { startPointer } from "./pointer.js";
import { step } from "./moves.js";
import { Query } from "./query.js";
import { startRanges } from "./ranges.js";
import { startRenewal } from "./renewal.js";
import { startSafety } from "./safety.js";
import { Selection } from "./selection.js";
import { SheetBase } from "./sheet_base.js";
import { startStatus } from "./status.js";
import { startToolbar } from "./toolbar.js";

const SETTLE = 40;
const FOOTER = { createFooterRow: true, showFooterRow: true, footerRowHeight: 30 };

export class Sheet extends SheetBase {
  constructor(config, place = pagePlace()) {
    super(config, place);
    this.query = place.makeQuery?.(config) ?? new Query(config);
    this.store = place.makeStore?.(this) ?? makeStore(this);
    this.store.describe = (item) => describeRow(this, item);
    this.selection = new Selection(this);
    this.changes = place.makeChanges?.(this) ?? new Changes(this);
    this.typing = false;
    this.filterBar = new FilterBar(this);
    this.makeGrid();
    startOverlay(this);
    this.wire();
    if (place.embedded) return;
    startToolbar(this);
    this.bulk = new Bulk(this);
    startPanel(this, Sheet);
    startSafety(this);
  }

  makeGrid() {
    const phone = this.layout.phone.matches;
    this.grid = new SlickGrid(this.place.grid, this.store, buildColumns(this), {
      editable: true,
      autoEdit: false,
      autoCommitEdit: true,
      // Its own "edit by key press" also swallows Ctrl+C; keyboard.js does it.
      autoEditByKeypress: false,
      enableCellNavigation: true,
      // reorder.js turns it on.
      enableColumnReorder: false,
      enableHtmlRendering: false,
      enableMouseWheelScrollHandler: false,
      explicitInitialization: true,
      ...(!this.place.embedded && FOOTER),
      frozenColumn: this.place.embedded ? -1 : this.layout.frozenIndex(),
      multiColumnSort: true,
      rowHeight: this.place.embedded ? (phone ? 40 : 32) : this.layout.rowHeight(),
      nonce: document.querySelector('meta[name="csp-nonce"]').content,
      dataItemColumnValueExtractor: (item, column) => item.v[column.at],
      editCommandHandler: (item, column, command) => this.changes.commit([{ item, spec: column.spec, text: command.serializedValue, label: command.editor.label }]),
      preventDragFromKeys: [],
    });
    wireColumns(this);
    startGrouping(this);
    startRanges(this);
    startKeyboard(this);
    this.grid.init();
    applySort(this);
    startPointer(this);
    startClipboard(this);
    startHands(this);
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
    new ResizeObserver(() => this.area.isConnected && grid.resizeCanvas()).observe(this.area);
  }

  start() {
    fetchAtRest(this);
    return this.store.reset(this.store.served?.(this.config.first) ?? null).catch(() => {});
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

  cellOf(name) {
    return this.grid.getColumnIndex(name) ?? -1;
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
    if (!this.config.can.edit) return this.config.look_only ?? t("Your role may look at this table, not change it.");
    if (spec?.fixed) return spec.fixed;
    if (item?.lock) return item.lock;
    if (!spec?.editable) return spec?.once ?? t("{label} cannot be changed here.", { label: spec?.label ?? t("This column") });
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
    else if (spec.kind === "files") this.openFiles(item, spec);
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
    if (move) step(this, move);
    if (refocus) this.grid.focus();
  }

  cancelEdit() {
    this.grid.getEditorLock().cancelCurrentEdit();
    this.grid.focus();
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
    if (!this.panel?.takesConflict(id, name)) openConflict(this, id, name);
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
