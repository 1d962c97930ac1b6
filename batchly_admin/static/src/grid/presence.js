/* Who else is here: a dot in the cell they are on, their initials above the grid. */
import { h } from "../core/dom.js";
import { t } from "../core/words.js";

const KEY = "presence";

function initials(name) {
  const words = name.trim().split(/\s+/);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

/** "Bob Smith is on Notes of PO-1002", as far as this page knows the row. */
function where(sheet, person) {
  const held = person.row && sheet.store.find(person.row);
  const spec = person.column && sheet.spec(person.column);
  const name = sheet.config.columns.find((column) => column.frozen) ?? sheet.config.columns[0];
  const label = held && held.item.v[sheet.position(name.name)];
  const record = Array.isArray(label) ? label[1] : label;
  if (!spec) return t("{name} looks at this table", { name: person.name });
  return record ? t("{name} is on {label} of {record}", { name: person.name, label: spec.label, record }) : t("{name} is on {label}, further away", { name: person.name, label: spec.label });
}

function go(sheet, person) {
  const held = person.row && sheet.store.find(person.row);
  const cell = person.column ? sheet.cellOf(person.column) : -1;
  if (!held) return;
  sheet.grid.setActiveCell(held.row, Math.max(cell, 1));
  sheet.focusGrid();
}

/** Answers the function that shows a list of people {name, tone, row, column}. */
export function startPresence(sheet) {
  const list = h("ul", { class: "people", "aria-label": t("Also on this page"), hidden: true });
  document.getElementById("grid-tools").append(list);
  let shown = [];
  let drawn = "";
  const dots = () => {
    const marks = {};
    for (const person of shown) {
      const row = person.row && sheet.store.find(person.row)?.row;
      if (typeof row === "number" && person.column) marks[row] = { ...marks[row], [person.column]: `presence presence-${person.tone}` };
    }
    const text = JSON.stringify(marks);
    if (text === drawn) return;
    drawn = text;
    sheet.grid.setCellCssStyles(KEY, marks);
  };
  const strip = () => {
    list.hidden = !shown.length;
    list.replaceChildren(...shown.map((person) => {
      const words = where(sheet, person);
      return h("li", {}, h("button", { type: "button", class: `person presence-${person.tone}`, title: words, "aria-label": words, onclick: () => go(sheet, person) }, initials(person.name)));
    }));
  };
  sheet.store.on("rows", () => {
    if (shown.length) dots();
  });
  return (people) => {
    shown = people;
    dots();
    strip();
  };
}
