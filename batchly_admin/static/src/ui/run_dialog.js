/* Starting a bulk action: preview from the server, its questions, one request per click, then the run's progress. */
import { button, debounce, h, newKey, uniqueId } from "../core/dom.js";
import { plural } from "../core/format.js";
import { postJson } from "../core/http.js";
import { openDialog } from "./dialog.js";
import { startLookup } from "./forms.js";
import { PreviewRows } from "./preview_rows.js";
import { openRunDialog } from "./run_progress.js";

const INPUT_TYPES = { date: "date", datetime: "datetime-local", integer: "number", email: "email" };

/** A box that searches on the server, as forms have them; the hidden input carries the id. */
function lookupControl(param, id, onchange) {
  const hidden = h("input", { type: "hidden", value: param.value ?? "", oninput: onchange });
  hidden.dataset.param = param.name;
  const input = h("input", { class: "input", id, type: "text", autocomplete: "off" });
  return h("div", { class: "combo", data: { lookup: param.url } }, hidden, input);
}

function paramControl(param, onchange) {
  const id = uniqueId("param");
  let control;
  if (param.kind === "lookup") {
    return h("div", { class: "field" }, h("label", { for: id }, param.label), lookupControl(param, id, onchange));
  }
  if (param.kind === "choice") {
    control = h("select", { class: "select", id, onchange }, (param.choices ?? []).map((choice) => h("option", { value: choice.value ?? "", selected: choice.value === param.value }, choice.label)));
  } else if (param.kind === "bool") {
    control = h("input", { type: "checkbox", id, checked: Boolean(param.value), onchange });
  } else if (param.kind === "long_text") {
    control = h("textarea", { class: "textarea", id, rows: 3, value: param.value ?? "", onchange });
  } else {
    control = h("input", { class: "input", id, type: INPUT_TYPES[param.kind] ?? "text", value: param.value ?? "", autocomplete: "off", onchange });
  }
  control.dataset.param = param.name;
  const hint = param.hint && h("p", { class: "help", id: `${id}-hint` }, param.hint);
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  const body = param.kind === "bool" ? h("label", { class: "check", for: id }, control, h("span", {}, param.label)) : [h("label", { for: id }, param.label), control, hint];
  return h("div", { class: "field" }, body);
}

function readParams(root) {
  const params = {};
  for (const control of root.querySelectorAll("[data-param]")) {
    params[control.dataset.param] = control.type === "checkbox" ? control.checked : control.value;
  }
  return params;
}

function previewBody(preview) {
  const lines = preview.lines ?? [];
  return h("div", { class: "stack" },
    h("dl", { class: "tally-row" },
      h("div", {}, h("dt", {}, "Selected"), h("dd", {}, plural(preview.total ?? 0, "row"))),
      h("div", {}, h("dt", {}, "Will be done"), h("dd", { class: "tone-green" }, String(preview.will ?? 0))),
      preview.wont ? h("div", {}, h("dt", {}, "Will be left out"), h("dd", { class: "tone-amber" }, String(preview.wont))) : null),
    (preview.warnings ?? []).map((text) => h("div", { class: "note amber", role: "note" }, text)),
    lines.length ? h("ul", { class: "lines", tabIndex: 0, "aria-label": "What will happen" }, lines.map((line) => h("li", {}, typeof line === "string" ? line : line.text ?? JSON.stringify(line)))) : null,
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
  const cancel = button("Cancel");
  const dialog = openDialog({ title: label, body: [h("p", { class: "row" }, h("span", { class: "spinner" }), "Looking at what this will do…")], footer: [cancel, confirm] });
  cancel.addEventListener("click", dialog.close);
  const message = h("div", { role: "alert" });
  const questions = h("div", { class: "stack" });
  const shown = h("div", { "aria-live": "polite" });

  const look = async (first) => {
    try {
      const preview = await postJson(`${url}/preview`, { selection, params, key, leave_out: rows.leaveOut });
      selection = preview.selection ?? selection;
      dialog.setTitle(preview.title ?? label);
      if (first) questions.replaceChildren(...(preview.params ?? []).map((param) => paramControl(param, again)));
      params = readParams(questions);
      shown.replaceChildren(previewBody(preview));
      rows.show(preview.rows ?? []);
      message.replaceChildren();
      confirm.textContent = preview.confirm_label ?? label;
      confirm.disabled = !preview.will;
      if (first) {
        dialog.body.replaceChildren(h("div", { class: "stack" }, questions, shown, rows.node, message));
        questions.querySelectorAll("[data-lookup]").forEach(startLookup);
        (questions.querySelector("input:not([type=hidden]), select, textarea") ?? (confirm.disabled ? cancel : confirm)).focus();
      }
    } catch (error) {
      const note = h("div", { class: "note red" }, error.message);
      if (first) dialog.body.replaceChildren(h("div", { class: "stack" }, questions, note));
      else message.replaceChildren(note);
      confirm.disabled = true;
    }
  };
  const again = debounce(() => { params = readParams(questions); look(false); }, 250);
  const rows = new PreviewRows(again);

  confirm.addEventListener("click", async () => {
    if (confirm.disabled) return;
    confirm.disabled = true;
    params = readParams(questions);
    try {
      const { run } = await postJson(url, { selection, params, key, leave_out: rows.leaveOut });
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
