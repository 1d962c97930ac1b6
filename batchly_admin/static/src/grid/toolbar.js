/* The row above the grid: search, filters, columns, export, links and table-wide actions. */
import { button, debounce, h, icon } from "../core/dom.js";
import { t } from "../core/words.js";
import { startAction } from "../ui/run_dialog.js";
import { columnsButton } from "./columns_panel.js";
import { exportButton } from "./exporting.js";
import { groupButton } from "./grouping.js";
import { parts } from "./later.js";
import { sortButton } from "./sort_panel.js";
import { startViews } from "./views.js";

const SIGNS = /[<>=:"“”]|(^|\s)-\S/;

function searchBox(sheet) {
  const { query, config } = sheet;
  const words = t("Search {plural}", { plural: config.plural ?? config.title.toLowerCase() });
  const box = h("input", { class: "input", type: "search", value: query.search, placeholder: words, title: t("Words to search for, or filters such as: overdue, >500, due<next week, status:pending"), "aria-label": t("Search {plural}", { plural: config.plural ?? config.title }), autocomplete: "off", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" });
  let line = null;
  let typed = false;
  const search = (text) => {
    if (text.trim() !== query.search) query.update({ search: text.trim() });
  };
  /** Searches for what the box says, as it is typed; Enter filters by what was read in it. */
  const go = async ({ enter = false } = {}) => {
    const text = box.value;
    if (!typed) return;
    try {
      line ??= text.trim() ? new (await parts()).FilterLine(sheet, box, { onplain: () => { typed = false; } }) : null;
      const holds = await line?.read(text);
      if (holds === null) return;
      if (holds && enter) {
        typed = false;
        line.apply();
        return;
      }
      // Signs are nobody's words: of such a line only what is left over is searched for.
      search(holds && !SIGNS.test(text) ? text : line?.reading.search ?? text);
      if (enter) line?.hide();
    } catch (error) {
      if (error.name === "AbortError") return;
      // Without a reading the words are searched for, as they stand.
      line?.hide();
      search(text);
    }
  };
  const later = debounce(go, 220);
  box.addEventListener("input", () => {
    typed = true;
    later();
  });
  box.addEventListener("keydown", async (event) => {
    if (event.isComposing || !["ArrowDown", "ArrowUp", "Enter", "Escape"].includes(event.key)) return;
    if (line?.key(event.key)) {
      event.preventDefault();
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    event.preventDefault();
    await go({ enter: event.key === "Enter" });
    sheet.focusGrid();
  });
  query.onchange(() => {
    if (document.activeElement !== box) box.value = query.search;
  });
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, textarea, select, dialog") && document.activeElement?.closest(".slick, .record-panel") === null) {
      event.preventDefault();
      box.focus();
    }
  });
  return h("div", { class: "search-box" }, icon("search"), box);
}

export function startToolbar(sheet) {
  const { config } = sheet;
  const links = (config.links ?? []).map((link) => h("a", { class: `button${link.primary ? " primary" : ""}`, href: link.href }, link.icon && icon(link.icon), h("span", {}, link.label)));
  const always = (config.actions ?? [])
    .filter((action) => action.needs_selection === false)
    .map((action) => button(action.label, { class: `button${action.tone === "red" ? " danger" : ""}`, onclick: () => startAction({ url: sheet.actionUrl(action.name), label: action.label, tone: action.tone, selection: { all: true, filter: sheet.query.asSelection() } }) }));
  startViews(sheet);
  const tools = document.getElementById("grid-tools");
  tools.append(
    ...[
      searchBox(sheet),
      sheet.filterBar.adder,
      sortButton(sheet),
      sheet.filterBar.node,
      h("span", { class: "grow" }),
      groupButton(sheet),
      columnsButton(sheet),
      exportButton(sheet),
      ...always,
      ...links,
      config.can.create && config.urls.new && h("a", { class: "button primary", href: config.urls.new }, icon("plus"), h("span", {}, t("New {singular}", { singular: config.singular ?? "" }).trim())),
    ].filter(Boolean),
  );
}
