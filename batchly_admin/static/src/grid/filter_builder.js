/* The filter builder: conditions in groups within groups, each group with "all" or "any". */
import { button, h, icon } from "../core/dom.js";
import { announce } from "../core/announce.js";
import { t } from "../core/words.js";
import { openDialog } from "../ui/dialog.js";
import { conditionForm } from "./condition_form.js";
import { relatedForm } from "./related_form.js";

const MOST = 20;
const DEEPEST = 3;

const isGroup = (node) => Boolean(node.any || node.all);

/** A row with its remove button; `entry` is {node, read(), destroy(), focus()}. */
function removable(entry, label, onremove) {
  const off = h("button", { type: "button", class: "button ghost small square", "aria-label": label, onclick: onremove }, icon("close"));
  return h("div", { class: "builder-row" }, entry.node, off);
}

class Group {
  constructor(bar, given, depth, builder) {
    Object.assign(this, { bar, depth, builder, entries: [] });
    this.word = given.any ? "any" : "all";
    this.choice = h("select", { class: "select", "aria-label": depth ? t("How the conditions of this group count") : t("How the conditions count") }, [["all", t("All of these hold")], ["any", t("Any of these holds")]].map(([value, words]) => h("option", { value, selected: value === this.word }, words)));
    this.choice.addEventListener("change", () => { this.word = this.choice.value; });
    this.list = h("div", { class: "builder-list" });
    const add = button(t("Condition"), { class: "button small", onclick: () => this.add(null)?.focusColumn() }, "plus");
    const nest = depth < DEEPEST - 1 && button(t("Group"), { class: "button small", onclick: () => this.add({ [this.word === "all" ? "any" : "all"]: [null] }) }, "plus");
    const [related] = bar.sheet.config.related ?? [];
    const have = related && button(t("Has related…"), { class: "button small", onclick: () => this.add({ has: related.has, where: [] })?.focusColumn() }, "plus");
    this.node = h("fieldset", { class: "builder-group" }, h("legend", { class: "visually-hidden" }, depth ? t("Group of conditions") : t("Conditions")), this.choice, this.list, h("div", { class: "row" }, add, nest, have));
    for (const one of given.any ?? given.all) this.add(one);
  }

  make(given, group) {
    if (group) return new Group(this.bar, given, this.depth + 1, this.builder);
    const inside = (bar, filters) => new Group(bar, filters.length ? asGroup(filters) : { all: [] }, 1, this.builder);
    return given?.has ? relatedForm(this.bar, given, inside) : conditionForm(this.bar, given);
  }

  add(given) {
    if (!this.builder.room()) return null;
    const group = given && isGroup(given);
    const entry = this.make(given, group);
    this.entries.push(entry);
    const row = removable(entry, group ? t("Remove this group") : given?.has ? t("Remove these related rows") : t("Remove this condition"), () => {
      this.entries.splice(this.entries.indexOf(entry), 1);
      entry.destroy();
      row.remove();
      this.choice.focus();
    });
    this.list.append(row);
    return entry;
  }

  count() {
    return this.entries.reduce((sum, entry) => sum + (entry.count?.() ?? 1), 0);
  }

  destroy() {
    for (const entry of this.entries) entry.destroy();
  }

  /** The group as a list that must all hold. */
  filters() {
    const group = this.read();
    return group && asFilters(group);
  }

  /** The group as the filter language writes it; the first condition without a value stops it. */
  read() {
    const nodes = [];
    for (const entry of this.entries) {
      const node = entry.read();
      if (!node) {
        // The innermost one is named: it comes first.
        this.builder.missing ??= entry;
        return undefined;
      }
      if (!isGroup(node) || (node.any ?? node.all).length) nodes.push(node);
    }
    return { [this.word]: nodes };
  }
}

/** What stands in the address: a list that must all hold. */
function asFilters(group) {
  if (group.all) return group.all;
  return group.any.length === 1 ? group.any : group.any.length ? [group] : [];
}

function asGroup(filters) {
  if (filters.length === 1 && isGroup(filters[0])) return filters[0];
  return { all: filters.length ? filters : [null] };
}

export function openBuilder(bar, filters) {
  const { query } = bar.sheet;
  const builder = { missing: null };
  builder.room = () => {
    const fits = (builder.root?.count() ?? 0) < MOST;
    if (!fits) announce(t("At most {MOST} conditions at once.", { MOST }));
    return fits;
  };
  builder.root = new Group(bar, asGroup(filters), 0, builder);
  const problem = h("p", { class: "tone-red small", role: "alert" });
  const apply = button(t("Apply"), { class: "button primary" });
  const cancel = button(t("Cancel"));
  const dialog = openDialog({ title: t("Filter"), size: "wide", body: [builder.root.node, problem], footer: [cancel, apply], onclose: () => builder.root.destroy() });
  cancel.addEventListener("click", dialog.close);
  apply.addEventListener("click", () => {
    builder.missing = null;
    const group = builder.root.read();
    if (!group) {
      problem.textContent = t("One condition has no value yet.");
      builder.missing?.focus();
      return;
    }
    dialog.close();
    query.update({ filters: asFilters(group) });
  });
}
