/* The record page: action buttons that start runs, and the history panel with undo. */
import { delegate, h } from "../core/dom.js";
import { getJson, getText } from "../core/http.js";
import { historyList, undoWords } from "../ui/history.js";
import { startAction } from "../ui/run_dialog.js";
import { toast, toastError } from "../ui/toast.js";

const FOLLOWING = [".page-head .badges", "#record-actions", ".page dl.stats", ".page dl.details"];
const NEWS = "batchly:after-reload";

function reloadWith(news) {
  sessionStorage.setItem(NEWS, JSON.stringify(news));
  location.reload();
}

function tellNews() {
  const news = sessionStorage.getItem(NEWS);
  if (!news) return;
  sessionStorage.removeItem(NEWS);
  const { text, tone } = JSON.parse(news);
  toast(text, { tone, stay: tone === "amber" });
}

async function loadHistory(panel) {
  const body = panel.querySelector("[data-history-body]");
  try {
    const { restore, versions } = panel.dataset;
    const { entries } = await getJson(panel.dataset.history);
    body.replaceChildren(historyList(entries, { undoUrl: panel.dataset.undo, onundo: (answer) => reloadWith(undoWords(answer)), onerror: toastError, urls: restore ? { restore, versions } : null }));
  } catch (error) {
    body.replaceChildren(h("p", { class: "pad" }, error.message));
  }
}

/** What else the page tells follows when the lines changed: states, actions, figures, fields. */
async function follow() {
  const fresh = new DOMParser().parseFromString(await getText(location.href), "text/html");
  for (const part of FOLLOWING) {
    const news = fresh.querySelectorAll(part);
    document.querySelectorAll(part).forEach((node, at) => news[at] && node.replaceWith(document.adoptNode(news[at])));
  }
}

/** Reloads the page once the run has changed this record. */
function reloadAfter(run) {
  const listen = (event) => {
    if (event.detail.run !== run || event.detail.state !== "finished") return;
    document.removeEventListener("batchly:run", listen);
    if (!event.detail.failed) setTimeout(() => location.reload(), 900);
  };
  document.addEventListener("batchly:run", listen);
}

async function showFiles(place) {
  const { FilesBox } = await import("../ui/files.js");
  const panel = document.querySelector("[data-history]");
  const box = new FilesBox({ url: place.dataset.files, onchange: () => panel && loadHistory(panel) });
  place.replaceChildren(box.node);
  await box.load();
}

export function startRecord() {
  const page = document.querySelector("[data-record]");
  if (!page) return;
  tellNews();
  const panel = document.querySelector("[data-history]");
  if (panel) loadHistory(panel);
  const files = document.querySelector("[data-files]");
  if (files) showFiles(files).catch(toastError);
  document.addEventListener("batchly:record-changed", () => {
    follow().catch(toastError);
    if (panel) loadHistory(panel);
  });
  delegate("click", "[data-refused]", (_event, trigger) => toast(trigger.dataset.refused, { tone: "amber" }));
  delegate("click", "[data-run-action]", (_event, trigger) => {
    startAction({
      url: page.dataset.actions.replace("{name}", trigger.dataset.runAction),
      label: trigger.textContent.trim(),
      tone: trigger.dataset.tone,
      selection: { ids: [page.dataset.record] },
      onstart: reloadAfter,
    });
  });
}
