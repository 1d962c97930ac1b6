/* After a paste: what was saved, and a list of what was not, with a way to each cell. */
import { announce } from "../core/announce.js";
import { button, h } from "../core/dom.js";
import { plural } from "../core/format.js";
import { t } from "../core/words.js";
import { openDialog } from "../ui/dialog.js";
import { toast, toastError } from "../ui/toast.js";
import { formatTsv } from "./tsv.js";

const SHOWN = 200;
const WAYS = { dmy: t("day first"), mdy: t("month first"), ymd: t("year first"), ".": t("with a decimal point"), ",": t("with a decimal comma") };

function discardAll(sheet, list) {
  for (const { item, spec } of list) sheet.states.clear(item.id, spec.name);
  sheet.changes.redraw(list);
}

function goTo(sheet, entry) {
  const found = sheet.store.find(entry.item.id);
  const cell = sheet.cellOf(entry.spec.name);
  if (!found || cell < 0) {
    toast(t("This row is not loaded at the moment. Scroll to it; its cell is red."), { tone: "amber" });
    return;
  }
  sheet.grid.gotoCell(found.row, cell, false);
  sheet.grid.focus();
}

function refusedList(sheet, list, close) {
  return h("ul", { class: "lines", tabIndex: 0, "aria-label": t("Cells that were not saved") }, list.slice(0, SHOWN).map((entry) =>
    h("li", { class: "row" }, h("b", {}, entry.spec.label), h("span", { class: "grow" }, `“${entry.typed}” ${entry.reason}`),
      button(t("Go to"), { class: "button small", onclick: () => { close(); goTo(sheet, entry); } }))));
}

function lostList(list) {
  return h("ul", { class: "lines", tabIndex: 0, "aria-label": t("Rows that were not created") }, list.slice(0, SHOWN).map((row) =>
    h("li", {}, h("b", {}, Object.values(row.texts).join(" · ")), ` ${row.reason}`)));
}

function copyLost(list) {
  const names = [...new Set(list.flatMap(({ texts }) => Object.keys(texts)))];
  navigator.clipboard.writeText(formatTsv(list.map(({ texts }) => names.map((name) => texts[name] ?? "")))).then(() => toast(t("Copied."), { tone: "green" }), toastError);
}

function showLeft(sheet, run) {
  const close = () => dialog.close();
  const more = Math.max(0, run.refused.length - SHOWN) + Math.max(0, run.lost.length - SHOWN);
  const dialog = openDialog({
    title: t("Not pasted"),
    body: [h("div", { class: "stack" },
      run.refused.length > 0 && h("p", {}, t("{cells} kept the old value. The red text stays in the cell until it is corrected or discarded.", { cells: plural(run.refused.length, "cell") })),
      run.refused.length > 0 && refusedList(sheet, run.refused, close),
      run.lost.length > 0 && h("p", {}, t("{rows} could not be created.", { rows: plural(run.lost.length, "row") })),
      run.lost.length > 0 && lostList(run.lost),
      more > 0 && h("p", { class: "help" }, t("And {mores}.", { mores: plural(more, "more", "more") })))],
    footer: [
      run.lost.length > 0 && button(t("Copy these rows"), { onclick: () => copyLost(run.lost) }),
      run.refused.length > 0 && button(t("Discard red cells"), { onclick: () => { discardAll(sheet, run.refused); close(); } }),
      button(t("Close"), { class: "button primary", onclick: close }),
    ].filter(Boolean),
    onclose: () => sheet.grid.focus(),
  });
}

/** Tells how a paste ended. */
export function showResult(sheet, run) {
  const left = run.refused.length + run.lost.length;
  const said = [
    run.saved && t("{cells} saved", { cells: plural(run.saved, "cell") }),
    run.created && t("{rows} created", { rows: plural(run.created, "row") }),
    run.made && t("{records} made by name", { records: plural(run.made, "record") }),
    run.refused.length && t("{cells} not saved", { cells: plural(run.refused.length, "cell") }),
    run.lost.length && t("{rows} not created", { rows: plural(run.lost.length, "row") }),
    run.conflicts && t("{conflicts} changed by somebody else", { conflicts: run.conflicts }),
  ].filter(Boolean);
  const read = run.remembered.map((one) => ` ${one.label} read ${WAYS[one.remembered]}, as before; Ctrl+Shift+V asks again.`);
  const words = `${run.stopped ? t("Stopped.") + " " : ""}${said.join(", ") || t("Nothing changed")}.${read.join("")}`;
  const undo = (run.saved || run.created || run.made) && sheet.config.can.undo !== false ? { label: t("Undo"), run: () => sheet.changes.undo() } : null;
  const action = left ? { label: t("Show"), run: () => showLeft(sheet, run) } : undo;
  toast(words, { tone: left ? "red" : run.conflicts || run.stopped ? "amber" : "green", action, stay: left > 0 });
  announce(words);
}
