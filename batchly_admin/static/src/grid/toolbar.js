/* The row above the grid: search, filters, columns, export, links and table-wide actions. */
import { button, debounce, h, icon } from "../core/dom.js";
import { openPopover } from "../ui/popover.js";
import { startAction } from "../ui/run_dialog.js";
import { applyLayout } from "./columns.js";

function searchBox(sheet) {
  const { query, config } = sheet;
  const box = h("input", { class: "input", type: "search", value: query.search, placeholder: `Search ${config.plural ?? config.title.toLowerCase()}`, "aria-label": `Search ${config.plural ?? config.title}`, autocomplete: "off" });
  const go = debounce(() => {
    if (box.value.trim() !== query.search) query.update({ search: box.value.trim() });
  }, 220);
  box.addEventListener("input", go);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      if (box.value.trim() !== query.search) query.update({ search: box.value.trim() });
      sheet.focusGrid();
    }
  });
  query.onchange(() => {
    if (document.activeElement !== box) box.value = query.search;
  });
  return h("div", { class: "search-box" }, icon("search"), box);
}

function columnsButton(sheet) {
  const { layout, config } = sheet;
  const trigger = button(h("span", { class: "label" }, "Columns"), { class: "button ghost", "aria-haspopup": "dialog", "aria-label": "Columns" }, "columns");
  trigger.addEventListener("click", () => {
    const list = h("div", { class: "column-list" }, layout.order.map((name) => {
      const spec = config.columns.find((column) => column.name === name);
      const box = h("input", { type: "checkbox", checked: !layout.hidden.has(name) });
      box.addEventListener("change", () => {
        if (box.checked) layout.hidden.delete(name);
        else if (layout.shown().length > 1) layout.hidden.add(name);
        else box.checked = true;
        layout.save();
        applyLayout(sheet);
      });
      return h("label", {}, box, spec.label);
    }));
    const reset = button("Reset columns", { class: "button small", onclick: () => { layout.reset(); applyLayout(sheet); close(); } });
    const panel = h("div", { class: "popover", role: "dialog", "aria-label": "Columns" }, list, h("div", { class: "row end" }, reset));
    trigger.dataset.align = "end";
    const close = openPopover(panel, trigger);
  });
  return trigger;
}

function exportLink(sheet) {
  const { query, config } = sheet;
  const link = h("a", { class: "button ghost", title: "Download these rows as CSV", "aria-label": "Export as CSV" }, icon("download"), h("span", { class: "label" }, "Export"));
  const aim = () => {
    const text = query.params();
    link.href = text ? `${config.urls.export}?${text}` : config.urls.export;
  };
  query.onchange(aim);
  aim();
  return link;
}

function views(sheet) {
  const { config, query } = sheet;
  if (!config.views?.length) return null;
  const node = h("div", { class: "segmented", role: "group", "aria-label": "Quick views" });
  const same = (view) => JSON.stringify(view.filters ?? []) === JSON.stringify(query.filters) && (view.search ?? "") === query.search;
  const draw = () => {
    node.replaceChildren(...config.views.map((view) => h("button", { type: "button", "aria-pressed": String(same(view)), onclick: () => query.update({ filters: view.filters ?? [], search: view.search ?? "", ...(view.sort?.length && { sort: view.sort }) }) }, view.label)));
  };
  query.onchange(draw);
  draw();
  return node;
}

export function startToolbar(sheet) {
  const { config } = sheet;
  const links = (config.links ?? []).map((link) => h("a", { class: `button${link.primary ? " primary" : ""}`, href: link.href }, link.icon && icon(link.icon), h("span", {}, link.label)));
  const always = (config.actions ?? [])
    .filter((action) => action.needs_selection === false)
    .map((action) => button(action.label, { class: `button${action.tone === "red" ? " danger" : ""}`, onclick: () => startAction({ url: sheet.actionUrl(action.name), label: action.label, tone: action.tone, selection: { all: true, filter: sheet.query.asSelection() } }) }));
  const tools = document.getElementById("grid-tools");
  tools.append(
    ...[
      searchBox(sheet),
      views(sheet),
      sheet.filterBar.adder,
      sheet.filterBar.node,
      h("span", { class: "grow" }),
      columnsButton(sheet),
      config.can.export !== false && config.urls.export && exportLink(sheet),
      ...always,
      ...links,
      config.can.create && config.urls.new && h("a", { class: "button primary", href: config.urls.new }, icon("plus"), h("span", {}, `New ${config.singular ?? ""}`.trim())),
    ].filter(Boolean),
  );
}
