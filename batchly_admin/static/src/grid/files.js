/* Files in the grid: the dialog of a cell, files dropped or pasted onto it, and emptied cells. */
import { announce } from "../core/announce.js";
import { displayText, plural } from "../core/format.js";
import { getJson, postJson } from "../core/http.js";
import { t } from "../core/words.js";
import { confirmDialog, openDialog } from "../ui/dialog.js";
import { FilesBox, namedFiles, sendFiles, sentWords } from "../ui/files.js";
import { toast, toastError } from "../ui/toast.js";
import { rowsOf, specAt } from "./blocks.js";

function filesUrl(sheet, id) {
  return sheet.config.urls.files.replace("{id}", encodeURIComponent(id));
}

/** Puts the files a row has now into its cell. */
export function takeFiles(sheet, { id, version, cell }) {
  const found = sheet.store.find(id);
  if (!found) return;
  const spec = sheet.config.columns.find((column) => column.kind === "files");
  found.item.v[sheet.position(spec.name)] = cell;
  found.item.version = version;
  sheet.staying?.touch(found.item, spec.name);
  sheet.changes.steps.forget();
  sheet.changes.onsaved?.();
  sheet.redrawIds([id]);
}

/** The list of a cell's files in a dialog. */
export function openFiles(sheet, item, spec) {
  const name = sheet.config.columns.find((column) => column.frozen) ?? sheet.config.columns[0];
  const label = displayText(name, item.v[sheet.position(name.name)]) || sheet.config.singular;
  const box = new FilesBox({ url: filesUrl(sheet, item.id), onchange: (state) => takeFiles(sheet, state) });
  const dialog = openDialog({ title: t("{label} of {label2}", { label: spec.label, label2: label }), body: [box.node], onclose: () => sheet.grid.focus() });
  box.listen(dialog.node);
  return box.load();
}

/** Adds files that were dropped or pasted onto a cell. */
export async function addFiles(sheet, item, spec, files) {
  const url = filesUrl(sheet, item.id);
  try {
    announce(t("Adding files"));
    const done = await sendFiles(url, namedFiles(files), await getJson(url));
    if (done.added) {
      takeFiles(sheet, done.state);
      sheet.changes.flash(item.id, spec.name);
      sheet.redrawIds([item.id]);
    }
    const words = sentWords(done);
    toast(words, { tone: done.refused.length ? "red" : "green", action: done.added && sheet.config.can.undo ? { label: t("Undo"), run: () => sheet.changes.undo() } : null });
    announce(words);
  } catch (error) {
    toastError(error);
  }
}

/** The files in the marked cells: {ids, rows}. */
async function filesIn(sheet, boxes) {
  const found = new Map();
  for (const box of boxes) {
    const cells = Array.from({ length: box.right - box.left + 1 }, (_none, index) => box.left + index).filter((cell) => specAt(sheet, cell)?.kind === "files");
    if (!cells.length) continue;
    for (const item of await rowsOf(sheet, box.top, box.bottom)) {
      const files = item?.v?.[sheet.position(specAt(sheet, cells[0]).name)];
      if (files?.length) found.set(item.id, files);
    }
  }
  return { ids: [...found.values()].flat().map(([id]) => id), rows: found.size };
}

/** Empties the marked cells of files, after a question; one step back undoes it. */
export async function removeMarked(sheet, boxes) {
  try {
    const { ids, rows } = await filesIn(sheet, boxes);
    if (!ids.length) return;
    const text = t("{files} of {rows} will be removed. It can be undone, and for 90 days restored from the trash.", { files: plural(ids.length, "file"), rows: plural(rows, "row") });
    if (!(await confirmDialog({ title: t("Remove files?"), text, label: t("Remove"), danger: true }))) return;
    const answer = await postJson(sheet.config.urls.remove_files, { ids });
    for (const row of answer.rows) takeFiles(sheet, row);
    const words = t("{files} removed.", { files: plural(answer.removed, "file") });
    toast(words, { tone: "green", action: sheet.config.can.undo ? { label: t("Undo"), run: () => sheet.changes.undo() } : null });
    announce(words);
  } catch (error) {
    toastError(error);
  }
  sheet.grid.focus();
}
