/* Bulk actions on ticked rows: the bar, what a run did to each row, retry of the failed ones. */
import { button, h } from "../core/dom.js";
import { plainNumber, plural } from "../core/format.js";
import { getJson, postJson } from "../core/http.js";
import { t } from "../core/words.js";
import { startAction } from "../ui/run_dialog.js";
import { openRunDialog } from "../ui/run_progress.js";
import { toastError } from "../ui/toast.js";

function runUrl(id) {
  return `${document.body.dataset.runs || "/runs/"}${id}`;
}

export class Bulk {
  constructor(sheet) {
    this.sheet = sheet;
    this.bar = document.getElementById("grid-actions");
    this.again = null;
    this.seen = new Set();
    this.line = Promise.resolve();
    sheet.selection.onchange(() => this.draw());
    document.addEventListener("batchly:run", (event) => this.heard(event.detail));
  }

  draw() {
    const { selection, config, store } = this.sheet;
    this.bar.hidden = !selection.size;
    this.sheet.root.dataset.selected = String(selection.size);
    if (this.bar.hidden) {
      this.bar.replaceChildren();
      this.sheet.grid.resizeCanvas();
      return;
    }
    const filtered = this.sheet.query.narrowed ? t("filtered") + " " : "";
    const words = selection.all ? t("All {total} {filtered}rows selected", { total: plainNumber(String(store.total)), filtered }) : t("{rows} selected", { rows: plural(selection.size, "row") });
    const more = !selection.all && store.counted && selection.size < store.total && button(t("Select all {total} {filtered}rows", { total: plainNumber(String(store.total)), filtered }), { class: "linklike", onclick: () => selection.selectAll() });
    const actions = (config.actions ?? []).filter((action) => action.needs_selection !== false).map((action) => this.actionButton(action));
    const retry = this.again && button(t("Retry only these"), { class: "button small primary", onclick: (event) => this.retry(event.currentTarget) }, "refresh");
    this.bar.replaceChildren(...[h("b", {}, words), more, h("span", { class: "grow" }), retry, ...actions, button(t("Clear"), { class: "button small ghost", onclick: () => { this.again = null; selection.clear(); } }, "close")].filter(Boolean));
    this.sheet.grid.resizeCanvas();
  }

  actionButton(action) {
    return button(action.label, {
      class: `button small${action.tone === "red" ? " danger" : ""}`,
      data: { action: action.name },
      onclick: () => startAction({ url: this.sheet.actionUrl(action.name), label: action.label, tone: action.tone, selection: this.sheet.selection.asBody() }),
    });
  }

  async retry(trigger) {
    trigger.disabled = true;
    try {
      const { run } = await postJson(this.again.url);
      this.again = null;
      document.dispatchEvent(new CustomEvent("batchly:watch-runs"));
      openRunDialog(run);
    } catch (error) {
      toastError(error);
      trigger.disabled = false;
    }
  }

  /** News of a run of this table: when it is over, show every row's outcome and keep the failed ones ticked. */
  heard(run) {
    if (run.table !== this.sheet.config.table || run.state !== "finished" || this.seen.has(run.run)) return;
    this.seen.add(run.run);
    // One after the other: a retry must be shown after the run it repeats.
    this.line = this.line.then(async () => this.show(run.results ? run : await getJson(runUrl(run.run)))).catch(toastError);
  }

  show(run) {
    const { states, selection } = this.sheet;
    const failed = [];
    for (const result of run.results ?? []) {
      if (result.ok) states.rowErrors.delete(result.id);
      else {
        states.rowErrors.set(result.id, result.message || "Failed");
        failed.push(result.id);
      }
    }
    this.again = run.offers.find((offer) => offer.name === "retry") ?? null;
    if (failed.length || selection.size) selection.set(failed);
    this.sheet.refresh();
  }
}
