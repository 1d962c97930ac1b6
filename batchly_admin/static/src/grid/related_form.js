/* "Has related…": with or without rows of another table, for which conditions of their own hold. */
import { h } from "../core/dom.js";
import { t } from "../core/words.js";

/** Answers {node, read(), destroy(), focus(), count()} like a group; `makeGroup(bar, filters)` makes the one for the related rows. */
export function relatedForm(bar, given, makeGroup) {
  const way = h("select", { class: "select", "aria-label": t("With or without") }, [["", "with"], ["not", "without"]].map(([value, words]) => h("option", { value, selected: Boolean(value) === Boolean(given.not) }, words)));
  const table = h("select", { class: "select", "aria-label": t("Related rows") }, bar.sheet.config.related.map((one) => h("option", { value: one.has, selected: one.has === given.has }, one.label)));
  const spot = h("div", { class: "builder-list" });
  let group = null;
  const draw = async (filters) => {
    const chosen = table.value;
    await bar.loadBehind(chosen);
    if (chosen !== table.value) return;
    group?.destroy();
    group = makeGroup(bar.inside(chosen), filters);
    spot.replaceChildren(group.node);
  };
  table.addEventListener("change", () => draw([]));
  draw(given.where);
  return {
    node: h("div", { class: "builder-list" }, h("div", { class: "related" }, way, table), spot),
    count: () => 1 + (group?.count() ?? 0),
    destroy: () => group?.destroy(),
    focus: () => way.focus(),
    focusColumn: () => table.focus(),
    read: () => {
      const where = group ? group.filters() : given.where;
      return where && { has: table.value, where, ...(way.value && { not: true }) };
    },
  };
}
