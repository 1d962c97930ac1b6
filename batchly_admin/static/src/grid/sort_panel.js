/* Sorting by several columns: Shift+click on heads, or this small panel. */
import { announce } from "../core/announce.js";
import { button, h, icon } from "../core/dom.js";
import { t } from "../core/words.js";
import { openPopover } from "../ui/popover.js";

const MOST = 4;
const nameOf = (term) => term.replace(/^-/, "");

function directionWords(spec) {
  if (["date", "datetime"].includes(spec.kind)) return [t("Oldest first"), t("Newest first")];
  if (spec.align === "right") return [t("Smallest first"), t("Largest first")];
  return [t("A to Z"), t("Z to A")];
}

function termRow(sheet, terms, at, change) {
  const spec = sheet.spec(nameOf(terms[at])) ?? { label: nameOf(terms[at]) };
  const put = (term) => change(terms.map((one, index) => (index === at ? term : one)));
  const way = h("select", { class: "select", "aria-label": t("Direction of {label}", { label: spec.label }) }, directionWords(spec).map((words, index) => h("option", { value: index ? "-" : "", selected: terms[at].startsWith("-") === Boolean(index) }, words)));
  way.addEventListener("change", () => put(`${way.value}${nameOf(terms[at])}`));
  const up = h("button", { type: "button", class: "button ghost small square", disabled: at === 0, "aria-label": t("Sort by {label} sooner", { label: spec.label }), onclick: () => { const next = [...terms]; [next[at - 1], next[at]] = [next[at], next[at - 1]]; change(next); } }, icon("down", "turned"));
  const off = h("button", { type: "button", class: "button ghost small square", "aria-label": t("No longer sort by {label}", { label: spec.label }), onclick: () => change(terms.filter((_one, index) => index !== at)) }, icon("close"));
  return h("li", {}, h("span", { class: "grow" }, `${at ? t("then by") : t("by")} `, h("b", {}, spec.label)), way, up, off);
}

function openSort(sheet, trigger) {
  const body = h("div", { class: "sort-panel" });
  const change = (terms) => {
    sheet.sortBy(terms.length ? terms : [...sheet.query.defaultSort]);
    announce(terms.length ? t("Sorted by {terms}", { terms: terms.map((term) => sheet.spec(nameOf(term))?.label).join(t(", then") + " ") }) : t("Usual order"));
    draw();
  };
  const draw = () => {
    const terms = sheet.query.sort;
    const left = sheet.config.columns.filter((spec) => spec.sortable && !terms.some((term) => nameOf(term) === spec.name));
    const add = h("select", { class: "select", "aria-label": t("Sort also by"), disabled: terms.length >= MOST }, h("option", { value: "" }, terms.length >= MOST ? t("At most {MOST} columns", { MOST }) : t("Add a column…")), left.map((spec) => h("option", { value: spec.name }, spec.label)));
    add.addEventListener("change", () => add.value && change([...terms, add.value]));
    body.replaceChildren(h("ol", {}, terms.map((_term, at) => termRow(sheet, terms, at, change))), add, h("div", { class: "row end" }, button(t("Usual order"), { class: "button small", onclick: () => change([...sheet.query.defaultSort]) })));
    if (body.isConnected) (body.querySelector("select:not(:disabled)") ?? body.querySelector("button")).focus();
  };
  draw();
  openPopover(h("div", { class: "popover", role: "dialog", "aria-label": t("Sort") }, body), trigger);
}

export function sortButton(sheet) {
  const label = h("span", { class: "label" });
  const trigger = button(label, { class: "button ghost", "aria-haspopup": "dialog", title: t("Shift+click column heads to sort by several") }, "moves");
  const draw = () => {
    const count = sheet.query.sort.length;
    label.textContent = count > 1 ? t("Sort ({count})", { count }) : t("Sort");
    trigger.setAttribute("aria-label", count > 1 ? t("Sort, by {count} columns", { count }) : t("Sort"));
  };
  trigger.addEventListener("click", () => openSort(sheet, trigger));
  sheet.query.onchange(draw);
  draw();
  return trigger;
}
