/* "Who changed what, when, from where", as a list with undo. Used by the record page and the spreadsheet. */
import { button, h } from "../core/dom.js";
import { day, dayOf, displayText, moment, relative } from "../core/format.js";
import { postJson } from "../core/http.js";
import { t } from "../core/words.js";
import { confirmDialog, openDialog } from "./dialog.js";

/** How many changes of a record the server tells at once. */
const SHOWN = 100;
const SOURCES = {
  grid: t("in the spreadsheet"),
  cell: t("in the spreadsheet"),
  paste: t("by pasting"),
  form: t("in the form"),
  import: t("by an import"),
  task: t("by a bulk run"),
  pull: t("from QuickBooks"),
  push: t("by the QuickBooks sync"),
  cli: t("from the command line"),
};

function words(value, kind = "text") {
  if (value === null || value === undefined || value === "") return "empty";
  if (Array.isArray(value)) return String(value[1] ?? value[0]);
  if (typeof value === "object") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? t("Yes") : t("No");
  return displayText({ kind }, value);
}

/** One sentence about what an undo did. */
export function undoWords(answer) {
  const kept = answer.conflicts ?? [];
  if (!kept.length) return { text: t("Undone."), tone: "green" };
  const list = kept.slice(0, 3).map((item) => `${item.label ?? item.column}: ${item.reason}`).join("; ");
  return { text: t("Undone, but {length} kept. {list}", { length: kept.length, list }), tone: "amber" };
}

/** Everything an undo or a restore had to leave as it is: both values, and who changed it. */
export function whatStayed(answer) {
  const rows = (answer.conflicts ?? []).map((item) => h("tr", {},
    h("th", { scope: "row" }, [item.label, item.column].filter(Boolean).join(": ")),
    h("td", {}, "current" in item ? words(item.current) : "–"),
    h("td", {}, "wanted" in item ? words(item.wanted) : "–"),
    h("td", {}, item.reason)));
  const head = [t("What"), t("Is and stays"), t("Would have been"), t("Why")].map((text) => h("th", { scope: "col" }, text));
  openDialog({ title: t("What stayed as it is"), size: "wide", body: [h("div", { class: "table-wrap", tabIndex: 0, role: "group", "aria-label": t("What stayed") }, h("table", { class: "stayed" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)))] });
}

/** Shows what going back would change; answers the server's account, or null when the person said no. */
async function restore(entry, column, urls) {
  const asked = { change_set: entry.change_set, ...(column && { column }) };
  const { fields, left, lock } = await postJson(urls.versions, asked);
  if (!fields.length) throw new Error(lock ?? (left.length ? t("{left} cannot be changed here.", { left: left.join(", ") }) : t("Nothing of that version differs from now.")));
  const rows = fields.map((field) => h("tr", {}, h("th", { scope: "row" }, field.label), h("td", {}, words(field.now)), h("td", {}, words(field.then))));
  const table = h("table", { class: "stayed" }, h("thead", {}, h("tr", {}, [t("Field"), t("Now"), t("Restored to")].map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, rows));
  const notes = [lock, left.length > 0 && t("Not restored: {left}.", { left: left.join(", ") })].filter(Boolean).map((text) => h("p", { class: "muted" }, text));
  const sure = await confirmDialog({ title: column ? t("Restore this field?") : t("Restore this version?"), text: h("div", { class: "stack" }, table, notes), label: t("Restore") });
  if (!sure) return null;
  return postJson(urls.restore, { ...asked, seen: Object.fromEntries(fields.map((field) => [field.column, field.seen])) });
}

/** Asks, undoes one change set, answers the server's account or null when the person said no. */
async function undo(entry, undoUrl) {
  const sure = await confirmDialog({ title: t("Undo this change?"), text: t("Values that somebody has changed since stay as they are."), label: t("Undo") });
  return sure ? postJson(undoUrl.replace("{change_set}", entry.change_set)) : null;
}

/** The last thing that had happened to the record by the end of a day. */
function entryOf(entries, date) {
  const found = entries.find((entry) => dayOf(entry.at) <= date);
  if (found) return found;
  throw new Error(entries.length < SHOWN ? t("It was not here yet on {day}.", { day: day(date) }) : t("The last {SHOWN} changes do not reach back to {day}.", { SHOWN, day: day(date) }));
}

/** "As it was on …": what was different at the end of that day, and the way back to it. */
function asOf(entries, urls, onundo, onerror) {
  const date = h("input", { class: "input", type: "date", required: true, max: dayOf(Date.now()), "aria-label": t("Day") });
  const onsubmit = async (event) => {
    event.preventDefault();
    try {
      const answer = await restore(entryOf(entries, date.value), null, urls);
      if (answer) onundo(answer);
    } catch (error) {
      onerror(error);
    }
  };
  return h("form", { class: "row as-of", onsubmit }, h("span", { class: "muted small" }, t("As it was on")), date, h("button", { class: "button small", type: "submit" }, t("Show")));
}

function entryNode(entry, undoUrl, onundo, onerror, urls) {
  const acting = (work) => async (event) => {
    const trigger = event.currentTarget;
    trigger.disabled = true;
    try {
      const answer = await work();
      if (answer) onundo(answer);
    } catch (error) {
      onerror(error);
    }
    trigger.disabled = false;
  };
  const act = acting(() => undo(entry, undoUrl));
  const back = (column) => acting(() => restore(entry, column, urls));
  const items = entry.items ?? [];
  return h(
    "li",
    {},
    h("div", {}, h("b", {}, entry.by || t("System")), entry.summary ? `: ${entry.summary}` : " " + t("changed this")),
    h("div", { class: "muted small" }, h("time", { dateTime: entry.at, title: moment(entry.at) }, relative(entry.at)), ` ${SOURCES[entry.source] ?? entry.source ?? ""}`),
    items.length > 0 && h("dl", { class: "change" }, items.flatMap((item) => [h("dt", {}, item.label || item.column), h("dd", {}, h("del", {}, words(item.old, item.kind)), " → ", h("ins", {}, words(item.new, item.kind)), urls && item.column && button(t("Restore"), { class: "linklike restore", "aria-label": t("Restore {label} to {words}", { label: item.label || item.column, words: words(item.old, item.kind) }), onclick: back(item.column) }))])),
    (urls || entry.undoable) && h("div", { class: "row history-acts" }, urls && button(t("Restore this version"), { class: "button small ghost", onclick: back(null) }), entry.undoable && button(t("Undo"), { class: "button small ghost", onclick: act })),
  );
}

export function historyList(entries, { undoUrl = "/history/{change_set}/undo", onundo, onerror, urls = null }) {
  if (!entries.length) return h("p", { class: "muted pad" }, t("No changes yet."));
  const list = h("ol", { class: "history" }, entries.map((entry) => entryNode(entry, undoUrl, onundo, onerror, urls)));
  return urls ? h("div", {}, asOf(entries, urls, onundo, onerror), list) : list;
}
