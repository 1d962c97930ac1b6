/* What the command palette can do with the table that is open: each entry names its key. */
import { t } from "../core/words.js";
import { copyRange } from "./copying.js";
import { fillCopy, fillSeries, fillToday } from "./fill.js";

export function startCommands(sheet) {
  const { config, selection, changes } = sheet;
  const edit = config.can.edit;
  document.addEventListener("batchly:commands", ({ detail }) => {
    const marked = sheet.grid.getActiveCell();
    const add = (words, keys, run, glyph) => detail.push({ words, detail: keys, run, ...(glyph && { glyph }) });
    add(t("Find"), t("Ctrl F"), () => sheet.find.open(false), "search");
    if (edit) add(t("Find and replace"), t("Ctrl H"), () => sheet.find.open(true), "search");
    if (edit) add(t("Undo"), t("Ctrl Z"), () => changes.undo(), "undo");
    if (edit) add(t("Redo"), t("Ctrl Y"), () => changes.redo());
    add(t("Tick all rows of the filter"), "", () => selection.selectAll(), "check");
    if (!marked) return;
    add(t("Copy with heads"), t("Ctrl Shift C"), () => copyRange(sheet, true), "copy");
    if (!edit) return;
    add(t("Fill down"), t("Ctrl D"), () => fillCopy(sheet, true));
    add(t("Fill to the right"), t("Ctrl R"), () => fillCopy(sheet, false));
    add(t("Go on with the series"), "", () => fillSeries(sheet));
    add(t("Today"), t("Ctrl ;"), () => fillToday(sheet));
  });
}
