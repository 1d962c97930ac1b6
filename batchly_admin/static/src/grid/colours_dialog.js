/* The rules that colour cells and rows: a condition, a tone, for the cell or its row. */
import { button, h, icon } from "../core/dom.js";
import { t } from "../core/words.js";
import { openDialog } from "../ui/dialog.js";
import { applyLayout } from "./columns.js";
import { conditionForm } from "./condition_form.js";

const TONES = [["red", t("Red")], ["amber", t("Amber")], ["green", t("Green")], ["blue", t("Blue")], ["violet", t("Violet")], ["neutral", t("Gray")]];
const MOST = 12;

function ruleRow(bar, rule, onremove) {
  const condition = conditionForm(bar, rule);
  const sample = h("span", { class: "tint-sample", "aria-hidden": "true" }, t("Abc"));
  const tone = h("select", { class: "select", "aria-label": t("Color") }, TONES.map(([value, words]) => h("option", { value, selected: value === (rule?.tone ?? "amber") }, words)));
  const show = () => { sample.className = `tint-sample tint-${tone.value}`; };
  tone.addEventListener("change", show);
  show();
  const whole = h("input", { type: "checkbox", checked: Boolean(rule?.row) });
  const off = h("button", { type: "button", class: "button ghost small square", "aria-label": t("Remove this rule"), onclick: onremove }, icon("close"));
  const node = h("div", { class: "builder-row" }, h("div", { class: "colour-rule" }, condition.node, h("div", { class: "row" }, tone, sample, h("label", { class: "check" }, whole, h("span", {}, t("Whole row"))))), off);
  return { node, focus: condition.focus, destroy: condition.destroy, read: () => { const found = condition.read(); return found && { ...found, tone: tone.value, row: whole.checked }; } };
}

export function openColours(sheet) {
  // The same controls as a filter's, without the way through links.
  const bar = Object.create(sheet.filterBar, { deep: { value: false } });
  const rules = new Set();
  const list = h("div", { class: "builder-list" });
  const problem = h("p", { class: "tone-red small", role: "alert" });
  const add = (rule) => {
    const row = ruleRow(bar, rule, () => {
      rules.delete(row);
      row.destroy();
      row.node.remove();
      more.disabled = false;
      more.focus();
    });
    rules.add(row);
    list.append(row.node);
    more.disabled = rules.size >= MOST;
    return row;
  };
  const more = button(t("Add a rule"), { class: "button small", onclick: () => add(null).focus() }, "plus");
  const cancel = button(t("Cancel"));
  const apply = button(t("Apply"), { class: "button primary" });
  for (const rule of sheet.layout.colours) add(rule);
  if (!rules.size) add(null);
  const hint = h("p", { class: "muted small" }, t("The first rule that holds colors a cell or its row."));
  const dialog = openDialog({ title: t("Colors"), size: "wide", body: [hint, list, more, problem], footer: [cancel, apply], onclose: () => rules.forEach((row) => row.destroy()) });
  cancel.addEventListener("click", dialog.close);
  apply.addEventListener("click", () => {
    const found = [...rules].map((row) => ({ row, rule: row.read() }));
    const missing = found.find(({ rule }) => !rule);
    if (missing) {
      problem.textContent = t("One rule has no value yet.");
      missing.row.focus();
      return;
    }
    dialog.close();
    sheet.layout.colours = found.map(({ rule }) => rule);
    sheet.layout.save();
    applyLayout(sheet);
  });
}
