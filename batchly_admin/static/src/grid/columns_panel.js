/* The columns panel: show, hide, reorder by mouse and keyboard, freeze any number, row height. */
import { announce } from "../core/announce.js";
import { button, h, icon } from "../core/dom.js";
import { t } from "../core/words.js";
import { openPopover } from "../ui/popover.js";
import { applyLayout } from "./columns.js";
import { loadSortable } from "./reorder.js";

const HEIGHT_WORDS = [["compact", t("Compact")], ["normal", t("Normal")], ["tall", t("Tall")]];

function columnRow(sheet, name, apply) {
  const { layout } = sheet;
  const { label } = sheet.spec(name);
  const box = h("input", { type: "checkbox", checked: !layout.hidden.has(name) });
  box.addEventListener("change", () => {
    if (box.checked) layout.hidden.delete(name);
    else if (layout.shown().length > 1) layout.hidden.add(name);
    else box.checked = true;
    apply();
  });
  const row = h("li", { data: { name } });
  const move = (step) => h("button", {
    type: "button",
    class: "button ghost small square",
    "aria-label": t("Move {label} {step}", { label, step: step < 0 ? t("up") : t("down") }),
    onclick: (event) => {
      const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      if (step < 0) other.before(row);
      else other.after(row);
      event.currentTarget.focus();
      take(sheet, row.parentElement, apply);
      announce(t("{label} is column {indexOf}", { label, indexOf: [...row.parentElement.children].indexOf(row) + 1 }));
    },
  }, icon("down", step < 0 ? "turned" : ""));
  row.append(h("span", { class: "grip", "aria-hidden": "true" }, icon("menu")), h("label", {}, box, h("span", {}, label)), move(-1), move(1));
  return row;
}

function take(sheet, list, apply) {
  sheet.layout.order = [...list.children].map((row) => row.dataset.name);
  apply();
}

export function openColumns(sheet, trigger) {
  const { layout } = sheet;
  const apply = () => {
    layout.save();
    applyLayout(sheet);
    frozen.max = String(layout.shown().length);
  };
  const list = h("ul", { class: "column-list", "aria-label": t("Columns in order") }, layout.order.map((name) => columnRow(sheet, name, apply)));
  let sorter = null;
  loadSortable().then((Sortable) => {
    if (list.isConnected) sorter = Sortable.create(list, { handle: ".grip", animation: 120, onEnd: () => take(sheet, list, apply) });
  }, () => {});
  const frozen = h("input", { class: "input narrow", type: "number", min: 0, max: layout.shown().length, value: String(layout.frozen) });
  frozen.addEventListener("input", () => {
    const count = Number(frozen.value);
    if (!Number.isInteger(count) || frozen.value === "" || count < 0) return;
    layout.frozen = Math.min(count, layout.shown().length);
    apply();
  });
  const heights = h("div", { class: "segmented", role: "group", "aria-label": t("Row height") }, HEIGHT_WORDS.map(([name, words]) => h("button", {
    type: "button",
    "aria-pressed": String(layout.height === name),
    onclick: (event) => {
      layout.height = name;
      for (const one of heights.children) one.setAttribute("aria-pressed", String(one === event.currentTarget));
      apply();
    },
  }, words)));
  const all = button(t("Show all"), { class: "button small", onclick: () => { layout.hidden.clear(); apply(); close(); } });
  const reset = button(t("Reset columns"), { class: "button small", onclick: () => { layout.reset(); applyLayout(sheet); close(); } });
  const panel = h("div", { class: "popover columns-panel", role: "dialog", "aria-label": t("Columns") }, list, h("label", { class: "row" }, h("span", { class: "grow" }, t("Frozen columns")), frozen), heights, h("div", { class: "row end" }, all, reset));
  const close = openPopover(panel, trigger, { onclose: () => sorter?.destroy() });
}

export function columnsButton(sheet) {
  const trigger = button(h("span", { class: "label" }, t("Columns")), { class: "button ghost", "aria-haspopup": "dialog", "aria-label": t("Columns") }, "columns");
  trigger.dataset.align = "end";
  trigger.addEventListener("click", () => openColumns(sheet, trigger));
  return trigger;
}
