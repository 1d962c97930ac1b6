/* The menu of a cell: open, copy, filter by it, history, and the bulk actions for this one row. */
import { h } from "../core/dom.js";
import { displayText } from "../core/format.js";
import { getJson } from "../core/http.js";
import { openDialog } from "../ui/dialog.js";
import { historyList, undoWords } from "../ui/history.js";
import { openMenu } from "../ui/popover.js";
import { startAction } from "../ui/run_dialog.js";
import { toast, toastError } from "../ui/toast.js";
import { clearRange, copyRange } from "./clipboard.js";

function filterValue(spec, value) {
  if (spec.kind === "link") return value[0];
  if (spec.kind === "badge") return value[0];
  return value;
}

function filterEntries(sheet, spec, value) {
  const has = (operator) => spec.operators?.includes(operator);
  const add = (operator, inner) => () => sheet.query.addFilter(inner === undefined ? { column: spec.name, operator, value: null } : { column: spec.name, operator, value: inner });
  if (value === null || value === undefined || value === "") {
    return has("empty") ? [{ label: `Only empty ${spec.label}`, icon: "filter", run: add("empty") }] : [];
  }
  const text = displayText(spec, value);
  const short = text.length > 24 ? `${text.slice(0, 23)}…` : text;
  const inner = filterValue(spec, value);
  if (spec.kind === "link") sheet.filterBar.rememberLabel(value[0], value[1]);
  return [
    has("is") && { label: `Only “${short}”`, icon: "filter", run: add("is", inner) },
    has("is_not") && { label: `All but “${short}”`, run: add("is_not", inner) },
  ].filter(Boolean);
}

async function showHistory(sheet, item) {
  const dialog = openDialog({ title: "History", size: "wide", body: [h("p", { class: "row" }, h("span", { class: "spinner" }), "Loading…")] });
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
  const spec = column.spec;
  const state = spec && sheet.states.get(item.id, spec.name);
  const failure = sheet.states.rowErrors.get(item.id);
  const actions = actionEntries(sheet, item);
  const editable = spec?.editable && !item.lock && sheet.config.can.edit;
  const head = failure ? h("span", { class: "tone-red small" }, failure) : item.lock ? h("span", { class: "muted small" }, item.lock) : null;
  openMenu(
    [
      sheet.recordUrl(item.id) && { label: "Open", icon: "open", detail: "Ctrl Enter", run: () => sheet.openRecord(row) },
      editable && { label: "Edit cell", icon: "edit", detail: "F2", run: () => sheet.enter({ row, cell }, false) },
      state?.kind === "conflict" && { label: "Resolve conflict…", icon: "warn", run: () => sheet.openConflict(item.id, spec.name) },
      state?.kind === "refused" && { label: "Discard what I typed", icon: "undo", run: () => sheet.discard(item.id, spec.name) },
      { label: "Copy", icon: "copy", detail: "Ctrl C", run: () => copyRange(sheet) },
      editable && { label: "Clear", detail: "Delete", run: () => clearRange(sheet) },
      null,
      ...(spec ? filterEntries(sheet, spec, item.v[column.at]) : []),
      { label: sheet.selection.has(item.id) ? "Untick row" : "Tick row", icon: "check", detail: "Ctrl Space", run: () => sheet.selection.toggle(row) },
      sheet.config.urls.history && { label: "History…", icon: "history", run: () => showHistory(sheet, item) },
      actions.length > 0 && null,
      ...actions,
    ].filter((entry) => entry !== false && entry !== undefined && entry !== ""),
    anchor,
    "Cell",
    head,
  );
}
