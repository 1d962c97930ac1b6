/* The lines of a document as a sheet inside it: the grid's own hands, new rows by typing, the document's totals. */
import { button, h } from "../core/dom.js";
import { displayText, plural } from "../core/format.js";
import { getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { confirmDialog } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";
import { LineChanges } from "./line_changes.js";
import { LineStore } from "./line_store.js";
import { applyLayout } from "./columns.js";
import { byHeads } from "./paste_heads.js";
import { embeddedPlace } from "./places.js";
import { currentRange } from "./ranges.js";

const MOST_ROWS = 12;
const SCROLLBAR = 18;
const WORDY = new Set(["text", "long_text", "link"]);

/** The order and choice of lines are the document's; nothing of it stands in the page's address. */
function stillQuery(config) {
  return { search: "", filters: [], defaultSort: config.default_sort, sort: [], narrowed: false, listeners: [], onchange() {}, params: () => "", asSelection: () => ({}), update() {} };
}

function drawTotals(node, totals) {
  node.replaceChildren(...totals.flatMap((total) => [
    h("dt", { class: total.strong ? "strong" : "" }, total.label),
    h("dd", { class: total.strong ? "strong" : "", data: { total: total.name } }, displayText(total, total.value) || "–"),
  ]));
  node.hidden = !totals.length;
}

/** As high as its lines, up to a dozen; beyond that it scrolls. */
function fitHeight(sheet) {
  const { rowHeight } = sheet.grid.getOptions();
  const rows = Math.max(2, Math.min(MOST_ROWS, sheet.store.total));
  sheet.area.style.height = `${rows * rowHeight + 54}px`;
  sheet.grid.resizeCanvas();
}

/** Words take the room that is left, until somebody sets the widths. */
function fitWidth(sheet) {
  if (Object.keys(sheet.layout.widths).length) return;
  const columns = sheet.grid.getColumns();
  const wordy = columns.filter((column) => WORDY.has(column.spec?.kind));
  const slack = sheet.area.clientWidth - SCROLLBAR - columns.reduce((sum, column) => sum + column.width, 0);
  if (slack <= 0 || !wordy.length) return;
  for (const column of wordy) column.spec.width = column.width + Math.floor(slack / wordy.length);
  applyLayout(sheet);
}

/** The saved lines that are ticked, else those of the marked range. */
function chosen(sheet) {
  if (sheet.selection.all) return sheet.store.saved.map((item) => item.id);
  if (sheet.selection.size) return [...sheet.selection.ids];
  const range = currentRange(sheet);
  if (!range) return [];
  return sheet.store.saved.slice(range.top, range.bottom + 1).map((item) => item.id);
}

async function deleteChosen(sheet) {
  const ids = chosen(sheet).filter((id) => sheet.store.saved.some((item) => item.id === id));
  if (!ids.length) {
    toast(t("Mark or tick the lines to delete."), { tone: "amber" });
    return;
  }
  const sure = await confirmDialog({ title: t("Delete {lines}?", { lines: plural(ids.length, "line") }), text: t("The document is added up again. You can undo this."), label: t("Delete"), danger: true });
  if (!sure) return;
  sheet.selection.clear();
  await sheet.changes.deleteLines(ids);
}

function moveBy(sheet, step) {
  const active = sheet.grid.getActiveCell();
  const item = active && sheet.store.getItem(active.row);
  if (!item || item.fresh) return;
  const to = active.row + step;
  if (to < 0 || to >= sheet.store.real) return;
  if (item.lock) {
    sheet.refuse(item.lock);
    return;
  }
  sheet.changes.move(item.id, to + 1).then(() => {
    sheet.grid.setActiveCell(to, active.cell);
    sheet.grid.focus();
  });
}

function drawTools(sheet, lock) {
  const { can, place } = sheet.config;
  const open = !lock;
  sheet.place.tools.replaceChildren(...[
    open && can.create && button(t("Add a line"), { class: "button small", onclick: () => startLine(sheet) }, "plus"),
    open && can.edit && place && button(t("Move up"), { class: "button small ghost", title: t("Alt+Up"), onclick: () => moveBy(sheet, -1) }),
    open && can.edit && place && button(t("Move down"), { class: "button small ghost", title: t("Alt+Down"), onclick: () => moveBy(sheet, 1) }),
    open && can.delete && button(t("Delete"), { class: "button small ghost", onclick: () => deleteChosen(sheet) }, "trash"),
  ].filter(Boolean));
  sheet.place.tools.hidden = !sheet.place.tools.children.length;
}

/** Goes to the first empty row and its first cell that is typed into. */
function startLine(sheet) {
  const columns = sheet.grid.getColumns();
  const cell = columns.findIndex((column) => column.spec?.editable && column.spec.name !== sheet.config.place);
  sheet.grid.setActiveCell(sheet.store.total - 1, Math.max(1, cell));
  sheet.grid.focus();
}

/** A block makes room for itself below the last line. A table with heads finds its columns by them and adds lines. */
function shapePaste(sheet, rows, boxes) {
  const { store } = sheet;
  const found = store.mayAdd() ? byHeads(sheet, rows) : null;
  const top = found ? store.free : boxes.at(-1).top;
  const given = found?.rows ?? rows;
  const over = top + given.length - store.total;
  if (over > 0 && store.mayAdd()) store.spare(given.length + 1);
  if (!found) return { rows, boxes };
  toast(found.words, { stay: false });
  return { rows: given, boxes: [{ top, bottom: top, left: found.left, right: found.left }] };
}

function wire(sheet) {
  const { grid, store, changes } = sheet;
  store.on("total", () => fitHeight(sheet));
  store.editedRow = () => (grid.getCellEditor() ? grid.getActiveCell()?.row ?? -1 : -1);
  store.on("edited", (row) => {
    const active = grid.getActiveCell();
    for (let cell = 0; cell < grid.getColumns().length; cell += 1) if (cell !== active?.cell) grid.updateCell(row, cell);
  });
  sheet.root.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || !["ArrowUp", "ArrowDown"].includes(event.key) || grid.getCellEditor()) return;
    event.preventDefault();
    event.stopPropagation();
    moveBy(sheet, event.key === "ArrowUp" ? -1 : 1);
  }, { capture: true });
  let at = null;
  grid.onActiveCellChanged.subscribe((_event, { row }) => {
    const left = at !== null && row !== at ? store.getItem(at) : null;
    at = row ?? null;
    if (left?.fresh && Object.keys(left.texts).length) changes.addLines();
  });
  sheet.root.addEventListener("focusout", () => setTimeout(() => {
    if (!sheet.root.contains(document.activeElement) && !grid.getCellEditor() && document.hasFocus() && changes.drafts().length) changes.addLines();
  }));
  sheet.shapePaste = (rows, boxes) => shapePaste(sheet, rows, boxes);
}

/** Puts the lines of a document into `host`. `Sheet` is handed in, as it in turn knows this module's neighbours. */
export function openLines(Sheet, host, description, { ondocument = () => {} } = {}) {
  const { config } = description;
  let { lock } = description;
  const totals = h("dl", { class: "totals", "aria-live": "polite" });
  const place = embeddedPlace(host, config.title);
  place.makeQuery = stillQuery;
  place.layoutKey = `${config.table}:lines`;
  place.makeStore = () => new LineStore(config.urls.window, () => config.can.create && !lock);
  place.makeChanges = (sheet) => new LineChanges(sheet);
  host.append(totals);
  const sheet = new Sheet(config, place);
  drawTotals(totals, description.totals);
  drawTools(sheet, lock);
  const sign = (state) => JSON.stringify([state.lock, state.totals]);
  let before = sign(description);
  sheet.store.on("document", (state) => {
    if (!state) return;
    lock = state.lock;
    drawTotals(totals, state.totals);
    drawTools(sheet, lock);
    const now = sign(state);
    if (now !== before) ondocument(state);
    before = now;
  });
  wire(sheet);
  fitWidth(sheet);
  sheet.start();
  return {
    sheet,
    /** Saves what is still being typed; answers how many rows could not be saved. */
    async settle() {
      if (sheet.grid.getCellEditor()) sheet.grid.getEditorLock().commitCurrentEdit();
      await sheet.changes.line;
      if (sheet.changes.drafts().length) await sheet.changes.addLines();
      return sheet.changes.drafts().length;
    },
    close() {
      sheet.grid.getEditorLock().cancelCurrentEdit();
      sheet.store.silence();
      // What is still to be drawn a moment later finds its nodes.
      setTimeout(() => sheet.grid.destroy(true), 500);
    },
  };
}

/** The lines of a record's own page. */
export async function startRecordLines(Sheet) {
  const host = document.querySelector("[data-lines]");
  if (!host) return;
  const plain = [...host.children];
  try {
    const changed = () => document.dispatchEvent(new CustomEvent("batchly:record-changed"));
    openLines(Sheet, host, await getJson(host.dataset.lines), { ondocument: changed });
    for (const node of plain) node.remove();
  } catch (error) {
    host.append(h("p", { class: "pad" }, error.message));
  }
}
