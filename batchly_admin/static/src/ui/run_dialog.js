/* Starting a bulk action: preview from the server, its questions, one request per click, then the run's progress. */
import { button, debounce, h, newKey } from "../core/dom.js";
import { plural } from "../core/format.js";
import { postJson } from "../core/http.js";
import { t } from "../core/words.js";
import { openDialog } from "./dialog.js";
import { startLookup } from "./forms.js";
import { PreviewRows } from "./preview_rows.js";
import { answersIn, questionField, sayWrong } from "./questions.js";
import { openRunDialog } from "./run_progress.js";

function previewBody(preview) {
  const lines = preview.lines ?? [];
  return h("div", { class: "stack" },
    h("dl", { class: "tally-row" },
      h("div", {}, h("dt", {}, t("Selected")), h("dd", {}, plural(preview.total ?? 0, "row"))),
      h("div", {}, h("dt", {}, t("Will be done")), h("dd", { class: "tone-green" }, String(preview.will ?? 0))),
      preview.wont ? h("div", {}, h("dt", {}, t("Will be left out")), h("dd", { class: "tone-amber" }, String(preview.wont))) : null),
    (preview.warnings ?? []).map((text) => h("div", { class: "note amber", role: "note" }, text)),
    lines.length ? h("ul", { class: "lines", tabIndex: 0, "aria-label": t("What will happen") }, lines.map((line) => h("li", {}, typeof line === "string" ? line : line.text ?? JSON.stringify(line)))) : null,
  );
}

/**
 * Asks and starts. `url` is the action's address; `selection` is {ids} or {filter, all}.
 * `onstart(run)` is told the run's id.
 */
export async function startAction({ url, label, tone = "", selection: asked, onstart = null }) {
  // "All rows of a filter" comes back signed: the start means the rows that the preview counted.
  let selection = asked;
  const key = newKey();
  let params = {};
  const confirm = button(label, { class: `button primary${tone === "red" ? " danger" : ""}`, disabled: true });
  const cancel = button(t("Cancel"));
  const dialog = openDialog({ title: label, body: [h("p", { class: "row" }, h("span", { class: "spinner" }), t("Looking at what this will do…"))], footer: [cancel, confirm] });
  cancel.addEventListener("click", dialog.close);
  const message = h("div", { role: "alert" });
  const questions = h("div", { class: "stack" });
  const shown = h("div", { "aria-live": "polite" });

  const look = async (first) => {
    try {
      const preview = await postJson(`${url}/preview`, { selection, params, key, ...rows.asked });
      selection = preview.selection ?? selection;
      dialog.setTitle(preview.title ?? label);
      if (first) questions.replaceChildren(...(preview.params ?? []).map((question) => questionField(question, again)));
      params = answersIn(questions);
      shown.replaceChildren(previewBody(preview));
      dialog.node.classList.toggle("wide", (preview.params ?? []).some((question) => question.by_row));
      rows.show(preview, params);
      sayAtQuestions();
      message.replaceChildren();
      confirm.textContent = preview.confirm_label ?? label;
      confirm.disabled = !preview.will || rows.wrong;
      if (first) {
        dialog.body.replaceChildren(h("div", { class: "stack" }, questions, shown, rows.node, message));
        questions.querySelectorAll("[data-lookup]").forEach(startLookup);
        (questions.querySelector("input:not([type=hidden]), select, textarea") ?? (confirm.disabled ? cancel : confirm)).focus();
      }
    } catch (error) {
      const note = h("div", { class: "note red" }, error.message);
      if (first) dialog.body.replaceChildren(h("div", { class: "stack" }, questions, note));
      else if (!sayAtQuestions(error.fields)) message.replaceChildren(note);
      confirm.disabled = true;
    }
  };
  /** Says at each question why its answer does not fit; tells whether every reason found its place. */
  const sayAtQuestions = (fields = []) => {
    const reasons = new Map(fields.map((one) => [one.field, one.reason]));
    for (const control of questions.querySelectorAll("[data-param]")) {
      sayWrong(control, reasons.get(control.dataset.param));
      reasons.delete(control.dataset.param);
    }
    return fields.length > 0 && reasons.size === 0;
  };
  const again = debounce(() => { params = answersIn(questions); look(false); }, 250);
  const rows = new PreviewRows(again);

  confirm.addEventListener("click", async () => {
    if (confirm.disabled) return;
    confirm.disabled = true;
    params = answersIn(questions);
    try {
      const { run } = await postJson(url, { selection, params, key, ...rows.asked });
      dialog.close();
      document.dispatchEvent(new CustomEvent("batchly:watch-runs"));
      onstart?.(run);
      openRunDialog(run);
    } catch (error) {
      const words = [error.message, ...(error.fields ?? []).map((field) => field.reason)];
      message.replaceChildren(h("div", { class: "note red" }, words.join(" ")));
      confirm.disabled = false;
    }
  });
  await look(true);
}
