/* Export and print of what is shown: filter, order, groups, and the visible columns as the person arranged them. */
import { button, h } from "../core/dom.js";
import { t } from "../core/words.js";
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
  const label = may ? t("Export") : t("Print");
  const trigger = button(h("span", { class: "label" }, label), { class: "button ghost", "aria-haspopup": "menu", "aria-label": may ? t("Export or print") : t("Print") }, "download");
  trigger.dataset.align = "end";
  trigger.addEventListener("click", () => {
    openMenu(
      [
        may && { label: t("Excel workbook"), detail: ".xlsx", href: outputUrl(sheet, urls.workbook, { totals: sheet.query.group.length > 0 }) },
        may && { label: t("Text table"), detail: ".csv", href: outputUrl(sheet, urls.export) },
        { label: t("Print view"), href: outputUrl(sheet, urls.print, { totals: true }) },
      ].filter(Boolean),
      trigger,
      label,
    );
  });
  return trigger;
}
