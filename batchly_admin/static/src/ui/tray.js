/* The tray of bulk runs in the top bar. It asks the server, so it knows the same after a reload. */
import { announce } from "../core/announce.js";
import { button, h } from "../core/dom.js";
import { plural } from "../core/format.js";
import { getJson, postJson } from "../core/http.js";
import { t } from "../core/words.js";
import { openRunDialog } from "./run_progress.js";
import { openPopover } from "./popover.js";
import { toast } from "./toast.js";

const FAST = 1000;
const SLOW = 30_000;

let trigger = null;
let runs = [];
let timer = 0;
let started = false;
const seenFinished = new Set();

function runsUrl(id, verb = "") {
  return `${document.body.dataset.runs || "/runs/"}${id}${verb ? `/${verb}` : ""}`;
}

function tone(run) {
  if (run.state !== "finished") return "";
  return run.failed ? "amber" : "green";
}

function runWords(run) {
  if (run.state === "queued") return t("Waiting for the worker");
  if (run.state === "running") return t("{done} of {total}", { done: run.done, total: run.total });
  return run.failed ? t("{ok} done, {failed} failed", { ok: run.ok, failed: run.failed }) : t("{rows} done", { rows: plural(run.ok, "row") });
}

function trayItem(run) {
  const open = button(t("Details"), { class: "button small", onclick: () => openRunDialog(run) });
  const dismiss = run.state === "finished" && button(t("Dismiss"), { class: "button small ghost", onclick: async () => {
    await postJson(runsUrl(run.run, "dismiss")).catch(() => {});
    runs = runs.filter((other) => other.run !== run.run);
    draw();
  } });
  return h(
    "div",
    { class: "tray-item" },
    h("div", { class: "row" }, h("b", { class: "grow clip" }, run.label), h("span", { class: "muted small" }, runWords(run))),
    h("progress", { class: `progress ${tone(run)}`, max: Math.max(run.total, 1), value: run.done, "aria-label": run.label }),
    h("div", { class: "row" }, open, dismiss),
  );
}

function draw() {
  if (!trigger) return;
  const active = runs.filter((run) => run.state !== "finished");
  const failed = runs.some((run) => run.state === "finished" && run.failed);
  trigger.querySelector(".tally, .spinner, .dot")?.remove();
  trigger.setAttribute("aria-label", active.length ? t("Bulk runs: {length} running", { length: active.length }) : t("Bulk runs"));
  if (active.length) trigger.append(h("span", { class: "spinner" }));
  else if (failed) trigger.append(h("span", { class: "dot amber" }));
  const panel = document.getElementById("tray-panel");
  if (panel) fill(panel);
}

function fill(panel) {
  panel.replaceChildren(
    h("div", { class: "menu-head" }, h("b", {}, t("Bulk runs"))),
    ...(runs.length ? runs.map(trayItem) : [h("div", { class: "tray-item muted" }, t("Nothing is running. Bulk actions you start show up here and go on when you leave the page."))]),
  );
}

function finished(run) {
  const text = run.failed ? t("{label}: {ok} done, {failed} failed.", { label: run.label, ok: run.ok, failed: run.failed }) : t("{label}: {rows} done.", { label: run.label, rows: plural(run.ok, "row") });
  announce(text);
  toast(text, { tone: run.failed ? "amber" : "green", stay: run.failed > 0, action: { label: t("Details"), run: () => openRunDialog(run) } });
}

async function poll() {
  clearTimeout(timer);
  let wait = SLOW;
  try {
    const answer = await getJson(trigger.dataset.tray);
    const before = new Map(runs.map((run) => [run.run, run]));
    runs = answer.runs ?? [];
    const oldestFirst = [...runs].sort((a, b) => String(a.started_at).localeCompare(String(b.started_at)));
    for (const run of oldestFirst) {
      document.dispatchEvent(new CustomEvent("batchly:run", { detail: run }));
      if (run.state !== "finished" || seenFinished.has(run.run)) continue;
      seenFinished.add(run.run);
      // A run that ended before this page was opened is in the tray already; only news become toasts.
      if (started && (before.has(run.run) ? before.get(run.run).state !== "finished" : true)) finished(run);
    }
    started = true;
    draw();
    if (runs.some((run) => run.state !== "finished")) wait = FAST;
  } catch {
    wait = SLOW / 3;
  }
  timer = setTimeout(() => (document.hidden ? pollWhenSeen() : poll()), wait);
}

function pollWhenSeen() {
  document.addEventListener("visibilitychange", poll, { once: true });
}

export function startTray() {
  trigger = document.getElementById("tray-button");
  if (!trigger?.dataset.tray) return;
  trigger.addEventListener("click", () => {
    if (document.getElementById("tray-panel")) return;
    const panel = h("div", { class: "popover", id: "tray-panel", role: "dialog", "aria-label": t("Bulk runs"), tabIndex: -1 });
    panel.style.width = "360px";
    fill(panel);
    trigger.dataset.align = "end";
    openPopover(panel, trigger);
  });
  document.addEventListener("batchly:watch-runs", poll);
  poll();
}
