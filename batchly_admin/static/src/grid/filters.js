/* The filter bar: one chip per condition; a small form adds or changes one. */
import { button, h, icon, uniqueId } from "../core/dom.js";
import { NUMBER_KINDS, displayText } from "../core/format.js";
import { Combo, lookupSource } from "../ui/combo.js";
import { openPopover } from "../ui/popover.js";

const WORDS = {
  is: "is",
  is_not: "is not",
  contains: "contains",
  starts_with: "starts with",
  gt: "is more than",
  gte: "is at least",
  lt: "is less than",
  lte: "is at most",
  between: "is between",
  in: "is any of",
  empty: "is empty",
  not_empty: "is not empty",
};

const DATE_WORDS = { gt: "is after", gte: "is on or after", lt: "is before", lte: "is on or before" };
const NO_VALUE = new Set(["empty", "not_empty"]);
const DATES = new Set(["date", "datetime"]);
const LABELS = "batchly:filter-labels";

function operatorWords(spec, operator) {
  return (DATES.has(spec.kind) && DATE_WORDS[operator]) || WORDS[operator] || operator;
}

/** The operators a person can fill in: "any of" many linked records would want their ids. */
function offered(spec) {
  return (spec.operators ?? []).filter((operator) => operator !== "in" || spec.kind !== "link");
}

function input(spec, value, label) {
  const type = DATES.has(spec.kind) ? "date" : "text";
  return h("input", { class: "input", type, value: value ?? "", "aria-label": label, autocomplete: "off", inputMode: NUMBER_KINDS.has(spec.kind) ? "decimal" : "" });
}

function checkList(spec, chosen) {
  const options = spec.kind === "bool" ? [{ value: true, label: "Yes" }, { value: false, label: "No" }] : spec.choices ?? [];
  return h("fieldset", { "aria-label": spec.label }, options.map((option) => h("label", { class: "check" }, h("input", { type: "checkbox", value: String(option.value), checked: chosen.map(String).includes(String(option.value)) }), h("span", {}, option.label))));
}

/** Controls for a filter's value. Answers {node, read()}; read gives undefined while nothing is chosen. */
function valueControl(bar, spec, operator, value) {
  if (NO_VALUE.has(operator)) return { node: null, read: () => null };
  if (operator === "between") {
    const [low, high] = Array.isArray(value) ? value : ["", ""];
    const first = input(spec, low, "From");
    const second = input(spec, high, "To");
    return { node: h("div", { class: "row" }, first, "and", second), read: () => (first.value && second.value ? [first.value.trim(), second.value.trim()] : undefined) };
  }
  if (operator === "in") {
    if (spec.choices?.length) {
      const node = checkList(spec, Array.isArray(value) ? value : []);
      return { node, read: () => { const list = [...node.querySelectorAll(":checked")].map((one) => one.value); return list.length ? list : undefined; } };
    }
    const box = input(spec, Array.isArray(value) ? value.join(", ") : "", "Values, separated by commas");
    return { node: box, read: () => { const list = box.value.split(",").map((one) => one.trim()).filter(Boolean); return list.length ? list : undefined; } };
  }
  if (spec.kind === "bool" || (spec.choices?.length && ["is", "is_not"].includes(operator))) {
    const options = spec.kind === "bool" ? [{ value: "true", label: "Yes" }, { value: "false", label: "No" }] : spec.choices;
    const select = h("select", { class: "select", "aria-label": "Value" }, options.map((option) => h("option", { value: option.value, selected: String(option.value) === String(value) }, option.label)));
    return { node: select, read: () => (spec.kind === "bool" ? select.value === "true" : select.value) };
  }
  if (spec.kind === "link" && spec.lookup && ["is", "is_not"].includes(operator)) return lookupControl(bar, spec, value);
  const box = input(spec, value, "Value");
  return { node: box, read: () => box.value.trim() || undefined };
}

function lookupControl(bar, spec, value) {
  let chosen = value || undefined;
  const box = h("input", { class: "input", type: "text", value: chosen ? bar.labelOf(chosen) : "", placeholder: "Type to search", "aria-label": "Value", autocomplete: "off" });
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

export class FilterBar {
  constructor(sheet) {
    this.sheet = sheet;
    this.node = h("div", { class: "chips", role: "group", "aria-label": "Filters" });
    this.adder = button("Filter", { class: "button ghost", onclick: () => this.edit(null) }, "filter");
    this.adder.setAttribute("aria-haspopup", "dialog");
    sheet.query.onchange(() => this.draw());
    this.draw();
  }

  /** Names of linked records in filters: the address has only their ids. */
  rememberLabel(id, label) {
    const known = JSON.parse(sessionStorage.getItem(LABELS) ?? "{}");
    sessionStorage.setItem(LABELS, JSON.stringify({ ...known, [id]: label }));
  }

  labelOf(id) {
    return JSON.parse(sessionStorage.getItem(LABELS) ?? "{}")[id] ?? "the chosen one";
  }

  valueWords(spec, value) {
    if (value === null || value === undefined) return "";
    if (Array.isArray(value)) return value.map((one) => this.valueWords(spec, one)).join(spec.choices?.length ? ", " : " – ");
    if (spec.kind === "link" && spec.lookup) return /^[0-9a-f-]{32,36}$/i.test(value) ? this.labelOf(value) : value;
    if (spec.kind === "bool") return value === true || value === "true" ? "Yes" : "No";
    if (spec.kind === "badge") return spec.choices?.find((choice) => choice.value === value)?.label ?? String(value).replaceAll("_", " ");
    return displayText(spec, value);
  }

  draw() {
    const chips = this.sheet.query.filters.map((filter, at) => {
      const spec = this.sheet.spec(filter.column) ?? { label: filter.column, kind: "text", operators: [] };
      const words = this.valueWords(spec, filter.value);
      const say = h("button", { type: "button", class: "say", onclick: (event) => this.edit(spec, at, event.currentTarget) }, h("b", {}, spec.label), ` ${operatorWords(spec, filter.operator)} `, words && h("b", {}, words));
      const off = h("button", { type: "button", class: "off", "aria-label": `Remove filter ${spec.label}`, onclick: () => this.sheet.query.removeFilter(at) }, icon("close"));
      return h("span", { class: "chip" }, say, off);
    });
    if (chips.length > 1 || (chips.length && this.sheet.query.search)) chips.push(button("Clear all", { class: "button ghost small", onclick: () => this.sheet.query.clear() }));
    this.node.replaceChildren(...chips);
    this.node.hidden = !chips.length;
  }

  /** The form for a new filter (of a column, if given) or for the one at a place. */
  edit(spec, at = null, anchor = this.adder) {
    const { sheet } = this;
    const columns = sheet.config.columns.filter((column) => offered(column).length);
    if (!columns.length) return;
    const old = at === null ? null : sheet.query.filters[at];
    const id = uniqueId("filter");
    const column = h("select", { class: "select", id: `${id}-column` }, columns.map((one) => h("option", { value: one.name, selected: one.name === (spec ?? columns[0]).name }, one.label)));
    const operator = h("select", { class: "select", "aria-label": "Condition" });
    const spot = h("div", {});
    let control = null;
    const drawValue = (value) => {
      control?.destroy?.();
      control = valueControl(this, sheet.spec(column.value), operator.value, value);
      spot.replaceChildren(...(control.node ? [control.node] : []));
    };
    const drawOperators = (chosen, value) => {
      const now = sheet.spec(column.value);
      const usual = now.operators.includes("in") && now.choices?.length ? "in" : offered(now)[0];
      operator.replaceChildren(...offered(now).map((one) => h("option", { value: one, selected: one === (chosen ?? usual) }, operatorWords(now, one))));
      drawValue(value);
    };
    column.addEventListener("change", () => drawOperators());
    operator.addEventListener("change", () => drawValue());
    drawOperators(old?.operator, old?.value);
    const form = h("form", { class: "filter-form" }, h("label", { class: "visually-hidden", for: `${id}-column` }, "Column"), column, operator, spot, h("div", { class: "row end" }, old && button("Remove", { class: "button small", onclick: () => { close(); sheet.query.removeFilter(at); } }), h("button", { class: "button small primary", type: "submit" }, "Apply")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const value = control.read();
      if (value === undefined) {
        control.node?.querySelector?.("input")?.focus();
        control.node?.focus?.();
        return;
      }
      const filter = { column: column.value, operator: operator.value, value };
      close();
      if (old) sheet.query.replaceFilter(at, filter);
      else sheet.query.addFilter(filter);
    });
    const panel = h("div", { class: "popover", role: "dialog", "aria-label": "Filter" }, form);
    const close = openPopover(panel, anchor.isConnected ? anchor : this.adder, { onclose: () => control?.destroy?.() });
    if (spec) spot.querySelector("input, select")?.focus();
  }
}
