/* What the panel shows beside the fields: states, QuickBooks, what belongs to the record, its history. */
import { button, h, icon } from "../core/dom.js";
import { displayText, moment, relative } from "../core/format.js";
import { getJson, postForm } from "../core/http.js";
import { t } from "../core/words.js";
import { confirmDialog } from "../ui/dialog.js";
import { FilesBox } from "../ui/files.js";
import { historyList, undoWords } from "../ui/history.js";
import { toast, toastError } from "../ui/toast.js";
import { takeFiles } from "./files.js";
import { valueNode } from "./formatters.js";

function section(title, extra, ...children) {
  return h("section", { class: "panel-part", "aria-label": title }, h("header", {}, h("h3", {}, title), extra), children);
}

export function badgeRow(badges) {
  if (!badges.length) return null;
  return h("div", { class: "row wrap badges" }, badges.map((badge) => (Array.isArray(badge)
    ? valueNode({ kind: "badge" }, badge)
    : h("span", { class: `badge ${badge.tone || "neutral"}`, title: badge.hint || null }, h("span", {}, badge.label)))));
}

async function retry(sync, panel) {
  if (sync.retry_doubt && !(await confirmDialog({ title: t("Retry?"), text: sync.retry_doubt, label: t("Retry") }))) return;
  try {
    await postForm(sync.retry_url, new FormData());
    toast(t("Sent again."), { tone: "green" });
    await panel.reload();
  } catch (error) {
    toastError(error);
  }
}

export function syncPart(sync, panel) {
  if (!sync) return null;
  const facts = [
    ["QuickBooks id", sync.qbo_url ? h("a", { href: sync.qbo_url, target: "_blank", rel: "noopener noreferrer" }, String(sync.qbo_id)) : sync.qbo_id ?? t("not there yet")],
    sync.qbo_number && ["QuickBooks number", sync.qbo_number],
    sync.synced_at && [t("Last in step"), h("time", { dateTime: sync.synced_at, title: moment(sync.synced_at) }, relative(sync.synced_at))],
    sync.next_try_at && [t("Next try"), h("time", { dateTime: sync.next_try_at, title: moment(sync.next_try_at) }, relative(sync.next_try_at))],
  ].filter(Boolean);
  const ways = [
    sync.retry_url && button(t("Retry now"), { class: "button small", onclick: () => retry(sync, panel) }, "refresh"),
    sync.fix_url && h("a", { class: "button small", href: sync.fix_url }, t("Fix and retry")),
    sync.desk_url && h("a", { class: "button small", href: sync.desk_url }, t("More ways to repair")),
    sync.differences > 0 && h("a", { class: "button small", href: panel.record.url }, t("Decide the differences")),
  ].filter(Boolean);
  return section("QuickBooks", valueNode({ kind: "badge" }, sync.badge),
    sync.cause && h("div", { class: "note red", role: "note" }, icon("warn"), h("div", {}, h("b", {}, sync.cause), sync.advice && h("p", {}, sync.advice))),
    !sync.cause && sync.note && h("div", { class: "note amber", role: "note" }, icon("warn"), sync.note),
    h("dl", { class: "kv" }, facts.flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)])),
    ways.length > 0 && h("div", { class: "row wrap" }, ways));
}

/** The files of the record: {node, box}; a change is seen in its row at once, and told by its history. */
export function filesPart(url, panel) {
  const onchange = (state) => {
    takeFiles(panel.sheet, state);
    panel.read();
  };
  const box = new FilesBox({ url, onchange });
  const node = section(t("Files"), null, box.node);
  return { node, box };
}

function relatedRow(list, row) {
  const [first, ...rest] = row.values.slice(0, 4).map((value, index) => displayText({ ...list.columns[index], choices: null }, value));
  return h("li", {}, h("a", { href: row.href }, first || t("Open")), h("span", { class: "muted clip" }, rest.filter(Boolean).join(" · ")));
}

export function relatedPart(list) {
  const add = list.add_href && h("a", { class: "small", href: list.add_href, "aria-label": t("New: {title}", { title: list.title }) }, t("New"));
  const all = h("a", { class: "small", href: list.href, "aria-label": t("{title}: {count}, show all", { title: list.title, count: list.count }) }, String(list.count));
  return section(list.title, h("span", { class: "row" }, add, all),
    list.rows.length ? h("ul", { class: "related" }, list.rows.map((row) => relatedRow(list, row))) : h("p", { class: "muted small" }, list.empty));
}

/** What happened to the record; an undo or a restore there renews the panel and the grid. */
export function historyPart(url, panel) {
  if (!url) return null;
  const body = h("div", {}, h("p", { class: "muted" }, t("Loading…")));
  const load = async () => {
    try {
      const { entries } = await getJson(url);
      const onundo = (answer) => {
        const { text, tone } = undoWords(answer);
        toast(text, { tone });
        panel.sheet.refresh();
        panel.reload();
      };
      const { record, sheet } = panel;
      const urls = sheet.config.can.edit && !record.lock ? { restore: `${record.url}/restore`, versions: `${record.url}/versions` } : null;
      body.replaceChildren(historyList(entries, { onundo, onerror: toastError, urls }));
    } catch (error) {
      body.replaceChildren(h("p", { class: "muted" }, error.message));
    }
  };
  load();
  return section(t("History"), null, body);
}
