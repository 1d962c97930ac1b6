/* Export and print of what is shown: filter, order, groups, and the visible columns as the person arranged them. */
import { button, h } from "../core/dom.js";
import { openMenu } from "../ui/popover.js";

export function outputUrl(sheet, base, { totals = false } = {}) {
  const params = new URLSearchParams(sheet.query.params());
  params.set("columns", sheet.layout.shown().map((spec) => spec.name).join(","));
  if (totals && sheet.totals.asked()) params.set("totals", sheet.totals.asked());
  return `${base}?${params}`;
}

export function exportButton(sheet) {
  const { urls, can } = sheet.config;
  const may = can.export !== false;
  const label = may ? "Export" : "Print";
  const trigger = button(h("span", { class: "label" }, label), { class: "button ghost", "aria-haspopup": "menu", "aria-label": may ? "Export or print" : "Print" }, "download");
  trigger.dataset.align = "end";
  trigger.addEventListener("click", () => {
    openMenu(
      [
        may && { label: "Excel workbook", detail: ".xlsx", href: outputUrl(sheet, urls.workbook, { totals: sheet.query.group.length > 0 }) },
        may && { label: "Text table", detail: ".csv", href: outputUrl(sheet, urls.export) },
        { label: "Print view", href: outputUrl(sheet, urls.print, { totals: true }) },
      ].filter(Boolean),
      trigger,
      label,
    );
  });
  return trigger;
}
