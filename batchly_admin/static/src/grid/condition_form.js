/* One condition as controls: column (also one step through a link), operator, value. */
import { h } from "../core/dom.js";
import { t } from "../core/words.js";
import { offered, operatorWords } from "./filter_words.js";
import { valueControl } from "./filter_values.js";

const BEHIND = "behind:";

function columnOptions(bar, link, chosen) {
  const columns = link ? bar.behind.get(link.name) ?? [] : bar.sheet.config.columns;
  const options = columns.filter((one) => offered(one).length).map((one) => h("option", { value: one.name, selected: one.name === chosen }, one.label));
  if (link) return [h("option", { value: "" }, t("← Columns of {title}", { title: bar.sheet.config.title })), h("optgroup", { label: link.label }, options)];
  const links = bar.sheet.config.columns.filter((one) => one.lookup && one.href);
  if (!links.length || !bar.deep) return options;
  return [...options, h("optgroup", { label: t("Through a link") }, links.map((one) => h("option", { value: `${BEHIND}${one.name}` }, `${one.label} …`)))];
}

/** Answers {node, read(), destroy(), focus()}; read gives undefined while the value is missing. `bar.deep` lets it go through links. */
export function conditionForm(bar, given = null) {
  const [first, second] = (given?.column ?? "").split(".");
  let link = second ? bar.sheet.spec(first) : null;
  let control = null;
  const column = h("select", { class: "select", "aria-label": t("Column") });
  const operator = h("select", { class: "select", "aria-label": t("Condition") });
  const spot = h("div", { class: "condition-value" });
  const name = () => (link ? `${link.name}.${column.value}` : column.value);
  const spec = () => bar.specOf(name());
  const drawValue = (value) => {
    control?.destroy?.();
    control = valueControl(bar, spec(), operator.value, value);
    spot.replaceChildren(...(control.node ? [control.node] : []));
  };
  const drawOperators = (chosen, value) => {
    const now = spec();
    const usual = now.operators.includes("in") && now.choices?.length ? "in" : offered(now)[0];
    operator.replaceChildren(...offered(now).map((one) => h("option", { value: one, selected: one === (chosen ?? usual) }, operatorWords(now, one))));
    drawValue(value);
  };
  const drawColumns = (chosen) => {
    column.replaceChildren(...columnOptions(bar, link, chosen));
    if (link && !chosen) column.value = bar.behind.get(link.name)?.find((one) => offered(one).length)?.name ?? "";
  };
  column.addEventListener("change", async () => {
    if (column.value.startsWith(BEHIND)) {
      const chosen = bar.sheet.spec(column.value.slice(BEHIND.length));
      await bar.loadBehind(chosen.name);
      link = bar.behind.get(chosen.name)?.length ? chosen : null;
      drawColumns();
    } else if (link && !column.value) {
      link = null;
      drawColumns(first);
    }
    drawOperators();
  });
  operator.addEventListener("change", () => drawValue());
  drawColumns(second ?? (first || bar.sheet.config.columns.find((one) => offered(one).length)?.name));
  drawOperators(given?.operator, given?.value);
  return {
    node: h("div", { class: "condition" }, column, operator, spot),
    read: () => {
      const value = control.read();
      return value === undefined ? undefined : { column: name(), operator: operator.value, value };
    },
    destroy: () => control?.destroy?.(),
    focus: () => (spot.querySelector("input:not([hidden]), select") ?? operator).focus(),
    focusColumn: () => column.focus(),
  };
}
