/* The menu of a cell: open, copy, filter by it, history, and the bulk actions for this one row. */
import { h } from "../core/dom.js";
import { displayText } from "../core/format.js";
import { getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { openDialog } from "../ui/dialog.js";
import { historyList, undoWords } from "../ui/history.js";
import { openMenu } from "../ui/popover.js";
import { startAction } from "../ui/run_dialog.js";
import { toast, toastError } from "../ui/toast.js";
import { pasteByCommand } from "./clipboard.js";
import { clearMarked, copyRange } from "./copying.js";
import { fillCopy, fillSeries } from "./fill.js";
import { wholeColumn } from "./marking.js";
import { localDay } from "./spans.js";

function filterValue(spec, value) {
  if (spec.kind === "link") return value[0];
  if (spec.kind === "badge") return value[0];
  return value;
}

/** A moment is filtered by its day, the company's. */
function dayEntries(sheet, spec, value) {
  const add = (operator) => () => sheet.query.addFilter({ column: spec.name, operator, value: localDay(new Date(value)) });
  const day = displayText({ kind: "date" }, localDay(new Date(value)));
  return [{ label: t("Only {day}", { day }), icon: "filter", run: add("within") }, { label: t("All but {day}", { day }), run: add("not_within") }];
}

function filterEntries(sheet, spec, value) {
  const has = (operator) => spec.operators?.includes(operator);
  const add = (operator, inner) => () => sheet.query.addFilter(inner === undefined ? { column: spec.name, operator, value: null } : { column: spec.name, operator, value: inner });
  if (value === null || value === undefined || value === "") {
    return [
      has("empty") && { label: t("Only empty {label}", { label: spec.label }), icon: "filter", run: add("empty") },
      has("not_empty") && { label: t("All but empty {label}", { label: spec.label }), run: add("not_empty") },
    ].filter(Boolean);
  }
  if (spec.kind === "datetime") return dayEntries(sheet, spec, value);
  const text = displayText(spec, value);
  const short = text.length > 24 ? `${text.slice(0, 23)}…` : text;
  const inner = filterValue(spec, value);
  if (spec.kind === "link") sheet.filterBar.rememberLabel(value[0], value[1]);
  return [
    has("is") && { label: t("Only “{short}”", { short }), icon: "filter", run: add("is", inner) },
    spec.kind === "bool" && { label: t("All but “{short}”", { short }), run: add("is", !value) },
    has("is_not") && { label: t("All but “{short}”", { short }), run: add("is_not", inner) },
  ].filter(Boolean);
}

async function showHistory(sheet, item) {
  const dialog = openDialog({ title: t("History"), size: "wide", body: [h("p", { class: "row" }, h("span", { class: "spinner" }), t("Loading…"))] });
  try {
    const { entries } = await getJson(sheet.config.urls.history.replace("{id}", encodeURIComponent(item.id)));
    const onundo = (answer) => {
      const { text, tone } = undoWords(answer);
      toast(text, { tone });
      dialog.close();
      sheet.refresh();
    };
    dialog.body.replaceChildren(historyList(entries, { onundo, onerror: toastError }));
  } catch (error) {
    dialog.body.replaceChildren(h("p", {}, error.message));
  }
}

function actionEntries(sheet, item) {
  return (sheet.config.actions ?? [])
    .filter((action) => action.needs_selection !== false)
    .map((action) => ({
      label: `${action.label}…`,
      danger: action.tone === "red",
      run: () => startAction({ url: sheet.actionUrl(action.name), label: action.label, tone: action.tone, selection: { ids: [item.id] } }),
    }));
}

/** Opens the menu for {row, cell} at a node or a point. */
export function openCellMenu(sheet, { row, cell }, anchor) {
  const item = sheet.store.getItem(row);
  const column = sheet.grid.getColumns()[cell];
  if (!item) return;
  // A right click leaves the focus in a cell that is drawn anew; from here the keys come back to the grid.
  sheet.grid.focus();
  const spec = column.spec;
  const state = spec && sheet.states.get(item.id, spec.name);
  const failure = sheet.states.rowErrors.get(item.id);
  const actions = actionEntries(sheet, item);
  const editable = spec?.editable && !item.lock && sheet.config.can.edit;
  const head = failure ? h("span", { class: "tone-red small" }, failure) : item.lock ? h("span", { class: "muted small" }, item.lock) : null;
  openMenu(
    [
      sheet.panel && { label: t("Open beside"), icon: "panel", detail: t("Space"), run: () => sheet.panel.open(row) },
      sheet.recordUrl(item.id) && { label: t("Open"), icon: "open", detail: t("Ctrl Enter"), run: () => sheet.openRecord(row) },
      editable && { label: t("Edit cell"), icon: "edit", detail: "F2", run: () => sheet.enter({ row, cell }, false) },
      spec?.kind === "files" && { label: t("Files…"), icon: "files", detail: t("Enter"), run: () => sheet.enter({ row, cell }, false) },
      state?.kind === "conflict" && { label: t("Resolve conflict…"), icon: "warn", run: () => sheet.openConflict(item.id, spec.name) },
      state?.kind === "refused" && { label: t("Discard what I typed"), icon: "undo", run: () => sheet.discard(item.id, spec.name) },
      { label: t("Copy"), icon: "copy", detail: t("Ctrl C"), run: () => copyRange(sheet) },
      { label: t("Copy with heads"), detail: t("Ctrl Shift C"), run: () => copyRange(sheet, true) },
      editable && navigator.clipboard?.read && { label: t("Paste"), detail: t("Ctrl V"), run: () => pasteByCommand(sheet) },
      editable && sheet.ranges.wide && { label: t("Fill down"), detail: t("Ctrl D"), run: () => fillCopy(sheet, true) },
      editable && sheet.ranges.wide && { label: t("Go on with the series"), run: () => fillSeries(sheet) },
      spec?.kind === "files" && sheet.config.can.edit && item.v[column.at] && { label: t("Remove the files…"), detail: t("Delete"), run: () => clearMarked(sheet) },
      editable && { label: t("Clear"), detail: t("Delete"), run: () => clearMarked(sheet) },
      null,
      { label: t("Mark row"), detail: t("Shift Space"), run: () => sheet.ranges.mark({ top: row, bottom: row, left: 1, right: sheet.grid.getColumns().length - 1 }) },
      spec && { label: t("Mark column"), detail: t("Ctrl Space"), run: () => sheet.ranges.mark(wholeColumn(sheet, cell)) },
      null,
      ...(spec ? filterEntries(sheet, spec, item.v[column.at]) : []),
      { label: sheet.selection.has(item.id) ? t("Untick row") : t("Tick row"), icon: "check", detail: t("Ctrl Shift Space"), run: () => sheet.selection.toggle(row) },
      sheet.config.urls.history && { label: t("History…"), icon: "history", run: () => showHistory(sheet, item) },
      actions.length > 0 && null,
      ...actions,
    ].filter((entry) => entry !== false && entry !== undefined && entry !== ""),
    anchor,
    t("Cell"),
    head,
  );
}
