/* "Who changed what, when, from where", as a list with undo. Used by the record page and the spreadsheet. */
import { button, h } from "../core/dom.js";
import { moment, relative } from "../core/format.js";
import { postJson } from "../core/http.js";
import { confirmDialog } from "./dialog.js";

const SOURCES = {
  grid: "in the spreadsheet",
  cell: "in the spreadsheet",
  paste: "by pasting",
  form: "in the form",
  import: "by an import",
  task: "by a bulk run",
  pull: "from QuickBooks",
  push: "by the QuickBooks sync",
  cli: "from the command line",
};

function words(value) {
  if (value === null || value === undefined || value === "") return "empty";
  if (Array.isArray(value)) return String(value[1] ?? value[0]);
  if (typeof value === "object") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? "Yes" : "No";
  return String(value);
}

/** One sentence about what an undo did. */
export function undoWords(answer) {
  const kept = answer.conflicts ?? [];
  if (!kept.length) return { text: "Undone.", tone: "green" };
  const list = kept.slice(0, 3).map((item) => `${item.label ?? item.column}: ${item.reason}`).join("; ");
  return { text: `Undone, but ${kept.length} kept. ${list}`, tone: "amber" };
}

/** Asks, undoes one change set, answers the server's account or null when the person said no. */
async function undo(entry, undoUrl) {
  const sure = await confirmDialog({ title: "Undo this change?", text: "Values that somebody has changed since stay as they are.", label: "Undo" });
  return sure ? postJson(undoUrl.replace("{change_set}", entry.change_set)) : null;
}

function entryNode(entry, undoUrl, onundo, onerror) {
  const act = async (event) => {
    const trigger = event.currentTarget;
    trigger.disabled = true;
    try {
      const answer = await undo(entry, undoUrl);
      if (answer) onundo(answer);
    } catch (error) {
      onerror(error);
    }
    trigger.disabled = false;
  };
  const items = entry.items ?? [];
  return h(
    "li",
    {},
    h("div", { class: "row" }, h("span", { class: "grow" }, h("b", {}, entry.by || "System"), ` ${entry.summary || "changed this"}`), entry.undoable && button("Undo", { class: "button small ghost", onclick: act })),
    h("div", { class: "muted small" }, h("time", { dateTime: entry.at, title: moment(entry.at) }, relative(entry.at)), ` ${SOURCES[entry.source] ?? entry.source ?? ""}`),
    items.length > 0 && h("dl", { class: "change" }, items.flatMap((item) => [h("dt", {}, item.label || item.column), h("dd", {}, h("del", {}, words(item.old)), " → ", h("ins", {}, words(item.new)))])),
  );
}

export function historyList(entries, { undoUrl = "/history/{change_set}/undo", onundo, onerror }) {
  if (!entries.length) return h("p", { class: "muted pad" }, "No changes yet.");
  return h("ol", { class: "history" }, entries.map((entry) => entryNode(entry, undoUrl, onundo, onerror)));
}
