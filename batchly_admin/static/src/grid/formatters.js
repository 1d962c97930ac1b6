/* Cells as DOM nodes: text never becomes markup. */
import { h, icon } from "../core/dom.js";
import { NUMBER_KINDS, displayText } from "../core/format.js";
import { t } from "../core/words.js";

const BADGE_TONES = { synced: "green", pending: "blue", failed: "red", blocked: "amber", warning: "amber", not_synced: "neutral", draft: "neutral" };

function badge(label, tone, hint) {
  return h("span", { class: `badge ${tone || "neutral"}`, title: hint || null }, h("span", {}, label));
}

/** A small arrow to a record, drawn by the style sheet: every row on the screen has some, and nodes cost time in scrolling. The text beside it stays plain, so that a click marks the cell as in every other column. */
function peek(url, label, { always = false, verb = t("Open") } = {}) {
  return h("a", { class: `peek${always ? " always" : ""}`, href: url, tabIndex: -1, title: `${verb} ${label}`, "aria-label": `${verb} ${label}` });
}

function linkNode(column, value) {
  if (!column.href) return value[1];
  const url = column.href.replace("{id}", encodeURIComponent(value[0]));
  return h("span", { class: "with-peek" }, h("span", { class: "clip" }, value[1]), peek(url, value[1]));
}

function choiceNode(column, value) {
  const choice = column.choices?.find((one) => one.value === value);
  return choice?.tone ? badge(choice.label, choice.tone) : choice?.label ?? String(value);
}

/** Text with a small arrow to the program that writes or calls. */
function reachNode(scheme, verb) {
  return (_column, value) => h("span", { class: "with-peek" }, h("span", { class: "clip" }, value), peek(`${scheme}:${value.replace(/\s/g, "")}`, value, { verb }));
}

/** Their number behind a clip, then as many names as there is room for. */
function filesNode(_column, value) {
  const names = value.map(([, name]) => name);
  return h("span", { class: "files-cell", title: names.join("\n") }, icon("files"), h("span", { class: "count" }, String(names.length)), names.slice(0, 2).map((name) => h("span", { class: "file-name clip" }, name)));
}

const NODES = {
  files: filesNode,
  badge: (_column, value) => badge(value[1], BADGE_TONES[value[0]], value[2]),
  choice: choiceNode,
  link: linkNode,
  email: reachNode("mailto", t("Write to")),
  phone: reachNode("tel", t("Call")),
  bool: (_column, value) => (value ? h("span", {}, icon("check")) : h("span", { class: "soft" }, "–")),
};

/** The plain look of a value. */
export function valueNode(column, value) {
  if (value === null || value === undefined || value === "") return "";
  return NODES[column.kind]?.(column, value) ?? displayText(column, value);
}

function stateTitle(state) {
  if (state.kind === "refused") return t("Not saved: {reason}", { reason: state.reason });
  if (state.kind === "conflict") return t("{by} changed this meanwhile. Press Enter to choose.", { by: state.by ?? t("Somebody") });
  return null;
}

/** SlickGrid's formatter for a column of the table; `sheet` knows states and addresses. */
export function makeFormatter(sheet, column, isName) {
  return (_row, _cell, value, _definition, item) => {
    const state = sheet.states.get(item.id, column.name);
    let inner;
    if (state && state.kind !== "saved") {
      inner = h("span", { title: stateTitle(state) }, state.text);
    } else {
      inner = valueNode(column, value);
    }
    if (!isName) return inner;
    return nameCell(sheet, item, inner, column, value);
  };
}

/** The first column leads to the record; a lock or the failure of the row stands before it. */
function nameCell(sheet, item, inner, column, value) {
  const node = h("span", { class: "with-peek" });
  const failure = sheet.states.rowErrors.get(item.id);
  if (failure) node.append(h("span", { class: "tone-red", title: failure, role: "img", "aria-label": failure }, icon("warn")));
  else if (item.lock) node.append(h("span", { title: item.lock, role: "img", "aria-label": t("Locked: {lock}", { lock: item.lock }) }, icon("lock", "lock-mark")));
  const url = sheet.recordUrl(item.id);
  const label = displayText(column, value) || sheet.config.unnamed;
  if (!url || column.kind === "link") node.append(inner);
  else if (column.editable && sheet.config.can.edit) node.append(h("span", { class: "clip" }, inner), peek(url, label, { always: true }));
  else node.append(h("a", { class: "clip", href: url, tabIndex: -1 }, value ? inner : label));
  return node;
}

export function tickFormatter(sheet) {
  return (row, _cell, _value, _definition, item) => {
    const ticked = sheet.selection.has(item.id);
    const box = h("input", { type: "checkbox", checked: ticked, tabIndex: -1, "aria-label": t("Select row {row}", { row: row + 1 }) });
    if (!sheet.panel) return box;
    const words = t("Open row {row} beside the table", { row: row + 1 });
    return h("span", { class: "pick-box" }, box, h("button", { type: "button", class: "row-handle", tabIndex: -1, title: t("Open beside (Space)"), "aria-label": words }));
  };
}

/** Class names of a row and its cells for SlickGrid's metadata. */
export function describeRow(sheet, item) {
  const classes = [];
  if (sheet.selection.has(item.id)) classes.push("picked");
  if (item.lock) classes.push("locked-row");
  if (sheet.states.rowErrors.has(item.id)) classes.push("failed-row");
  const states = sheet.states.ofRow(item.id);
  if (!classes.length && !states) return null;
  const columns = {};
  if (states) for (const [name, state] of states) columns[name] = { cssClass: `cell-${state.kind}` };
  return { cssClasses: classes.join(" "), columns };
}

export function columnClass(column) {
  // SlickGrid starts a drag on a cell's inner nodes only in cells of this class.
  const classes = ["dnd"];
  if (NUMBER_KINDS.has(column.kind) || column.align === "right") classes.push("num");
  if (column.kind === "bool") classes.push("center");
  if (!column.editable && column.kind !== "files") classes.push("fixed-cell");
  return classes.join(" ");
}
