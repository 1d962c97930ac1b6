/* The line below the grid: rows, ticked rows, what the marked cells come to, what is wrong here. */
import { announce } from "../core/announce.js";
import { h } from "../core/dom.js";
import { displayText, plainNumber, plural } from "../core/format.js";
import { t } from "../core/words.js";
import { currentBoxes, cellCount } from "./ranges.js";
import { Sums } from "./sums.js";

function figure(stat, words, text) {
  return h("span", { data: { stat } }, `${words} `, h("b", {}, text));
}

function numbers(sheet, sums) {
  const boxes = currentBoxes(sheet);
  const cells = cellCount(boxes);
  if (cells < 2) return [];
  const parts = [figure("cells", t("Cells"), plainNumber(String(cells)))];
  const found = sums.of(boxes);
  if (found === "asking") return [...parts, h("span", { class: "muted", data: { stat: "asking" } }, t("Adding up…"))];
  if (found.failed) return [...parts, h("span", { class: "tone-red" }, found.failed)];
  parts.push(figure("count", t("Count"), plainNumber(String(found.count))));
  const show = (value) => displayText({ kind: found.kind }, value);
  if (found.sum !== null) {
    parts.push(figure("sum", t("Sum"), show(found.sum)), figure("average", t("Average"), show(found.average)));
    if (found.numbers !== found.count) parts.push(figure("numbers", t("Numbers"), plainNumber(String(found.numbers))));
  }
  if (found.min !== null) parts.push(figure("min", t("Min"), show(found.min)), figure("max", t("Max"), show(found.max)));
  return parts;
}

function trouble(sheet) {
  const active = sheet.grid.getActiveCell();
  const item = active && sheet.store.getItem(active.row);
  if (!item) return null;
  const spec = sheet.grid.getColumns()[active.cell]?.spec;
  const state = spec && sheet.states.get(item.id, spec.name);
  const words = state?.reason ?? sheet.states.rowErrors.get(item.id);
  if (words) return h("span", { class: "tone-red" }, words);
  return item.lock ? h("span", { class: "muted" }, item.lock) : null;
}

export function startStatus(sheet) {
  const node = sheet.place.status;
  const { store, selection } = sheet;
  const keys = h("button", { type: "button", class: "button ghost small end", title: t("Keyboard (Ctrl+/)"), data: { showKeys: "" } }, t("Keys"));
  const line = h("div", { class: "figures" });
  node.append(line, keys);
  let planned = 0;
  const draw = () => {
    planned = 0;
    const rows = store.counted ? plural(sheet.place.embedded ? store.real : store.total, "row") : store.total ? t("Counting…") : t("Loading…");
    line.replaceChildren(
      ...[
        h("span", { data: { stat: "rows" } }, h("b", {}, rows)),
        selection.size > 0 && h("span", {}, h("b", {}, plainNumber(String(selection.size))), " " + t("selected")),
        ...numbers(sheet, sums),
        trouble(sheet),
      ].filter(Boolean),
    );
  };
  const plan = () => {
    if (!planned) planned = requestAnimationFrame(draw);
  };
  const sums = new Sums(sheet, plan);
  let saying = 0;
  sheet.ranges.onSelectedRangesChanged.subscribe(() => {
    plan();
    clearTimeout(saying);
    if (sheet.ranges.wide) saying = setTimeout(() => announce(line.textContent), 600);
  });
  store.on("total", plan);
  store.on("rows", plan);
  selection.onchange(plan);
  sheet.grid.onActiveCellChanged.subscribe(plan);
  plan();
}
