/* The controls for a condition's value: text, number, day or span, choices, linked record. */
import { h } from "../core/dom.js";
import { NUMBER_KINDS } from "../core/format.js";
import { t } from "../core/words.js";
import { Combo, lookupSource } from "../ui/combo.js";
import { DATES, NO_VALUE, SPANS, countedDays } from "./filter_words.js";

function input(spec, value, label) {
  const type = DATES.has(spec.kind) ? "date" : "text";
  return h("input", { class: "input", type, value: value ?? "", "aria-label": label, autocomplete: "off", inputMode: NUMBER_KINDS.has(spec.kind) ? "decimal" : "" });
}

function select(options, value, label) {
  return h("select", { class: "select", "aria-label": label }, options.map(([name, words]) => h("option", { value: name, selected: name === value }, words)));
}

function checkList(spec, chosen) {
  return h("fieldset", { "aria-label": spec.label }, (spec.choices ?? []).map((option) => h("label", { class: "check" }, h("input", { type: "checkbox", value: String(option.value), checked: chosen.map(String).includes(String(option.value)) }), h("span", {}, option.label))));
}

function lookupControl(bar, spec, value) {
  let chosen = value || undefined;
  const box = h("input", { class: "input", type: "text", value: chosen ? bar.labelOf(chosen) : "", placeholder: t("Type to search"), "aria-label": t("Value"), autocomplete: "off" });
  const combo = new Combo(box, {
    source: lookupSource(bar.sheet.config.urls.lookup.replace("{column}", spec.name)),
    delay: 120,
    onpick: (option) => {
      chosen = option.id;
      box.value = option.label;
      bar.rememberLabel(option.id, option.label);
    },
  });
  box.addEventListener("input", () => { chosen = undefined; combo.search(box.value); });
  box.addEventListener("focus", () => combo.search("", { now: true }));
  box.addEventListener("blur", () => combo.hide());
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      combo.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && combo.open && chosen === undefined) {
      event.preventDefault();
      combo.pick();
    }
  });
  return { node: box, read: () => chosen, destroy: () => combo.destroy() };
}

/** A choice of ways to name a day or a span, with a count or a date where the way needs one. */
function dayControl(ways, value) {
  const counted = countedDays(value);
  const known = ways.find(([name]) => name === value || name === counted?.way);
  const start = known?.[0] ?? (value ? "day" : ways[0][0]);
  const way = select(ways, start, t("Value"));
  const count = h("input", { class: "input", type: "number", min: 1, max: 9999, value: String(counted?.count ?? 7), "aria-label": t("Days") });
  const day = h("input", { class: "input", type: "date", value: start === "day" ? value ?? "" : "", "aria-label": t("Date") });
  const draw = () => {
    count.hidden = !["ago", "ahead", "last", "next"].includes(way.value);
    day.hidden = way.value !== "day";
  };
  way.addEventListener("change", draw);
  draw();
  const number = () => Math.max(1, Math.min(9999, Math.trunc(Number(count.value))));
  const forms = { ago: () => `today-${number()}`, ahead: () => `today+${number()}`, last: () => `last_${number()}_days`, next: () => `next_${number()}_days`, day: () => day.value || undefined };
  const read = () => {
    if (!count.hidden && !(Number(count.value) >= 1)) return undefined;
    return forms[way.value]?.() ?? (way.value === "day" ? undefined : way.value);
  };
  return { node: h("div", { class: "day-value" }, way, count, day), read };
}

const SPAN_WAYS = [...SPANS, ["last", t("the last … days")], ["next", t("the next … days")], ["day", "a day"]];
const DAY_WAYS = [["day", "a date"], ["today", "today"], ["ago", t("… days ago")], ["ahead", t("… days from now")]];
// One is before or after a span, not equal to it.
const BOUND_WAYS = [...DAY_WAYS, ...SPANS.filter(([name]) => name !== "today")];

function betweenControl(spec, value) {
  const [low, high] = Array.isArray(value) ? value : ["", ""];
  if (DATES.has(spec.kind)) {
    const [first, second] = [dayControl(BOUND_WAYS, low), dayControl(BOUND_WAYS, high)];
    return { node: h("div", { class: "between" }, first.node, h("span", {}, t("and")), second.node), read: () => { const both = [first.read(), second.read()]; return both.every(Boolean) ? both : undefined; } };
  }
  const [first, second] = [input(spec, low, t("From")), input(spec, high, t("To"))];
  return { node: h("div", { class: "row" }, first, t("and"), second), read: () => (first.value && second.value ? [first.value.trim(), second.value.trim()] : undefined) };
}

function listControl(spec, value) {
  const given = Array.isArray(value) ? value : [];
  if (spec.choices?.length) {
    const node = checkList(spec, given);
    return { node, read: () => { const list = [...node.querySelectorAll(":checked")].map((one) => one.value); return list.length ? list : undefined; } };
  }
  const box = input(spec, given.join(", "), t("Values, separated by commas"));
  return { node: box, read: () => { const list = box.value.split(",").map((one) => one.trim()).filter(Boolean); return list.length ? list : undefined; } };
}

/** Controls for a condition's value. Answers {node, read()}; read gives undefined while nothing is chosen. */
export function valueControl(bar, spec, operator, value) {
  if (NO_VALUE.has(operator)) return { node: null, read: () => null };
  if (operator === "between") return betweenControl(spec, value);
  if (operator === "within" || operator === "not_within") return dayControl(SPAN_WAYS, value);
  if (operator === "in" || operator === "not_in") return listControl(spec, value);
  if (DATES.has(spec.kind)) return dayControl(["is", "is_not"].includes(operator) ? DAY_WAYS : BOUND_WAYS, value);
  if (spec.kind === "bool") {
    const node = select([["true", t("Yes")], ["false", t("No")]], String(value ?? true), t("Value"));
    return { node, read: () => node.value === "true" };
  }
  if (spec.choices?.length && ["is", "is_not"].includes(operator)) {
    const node = select(spec.choices.map((choice) => [String(choice.value), choice.label]), String(value), t("Value"));
    return { node, read: () => node.value };
  }
  if (spec.kind === "link" && spec.lookup && ["is", "is_not"].includes(operator)) return lookupControl(bar, spec, value);
  const box = input(spec, value, t("Value"));
  return { node: box, read: () => box.value.trim() || undefined };
}
