/* What the command palette can do with the table that is open: each entry names its key. */
import { copyRange } from "./copying.js";
import { fillCopy, fillSeries, fillToday } from "./fill.js";

export function startCommands(sheet) {
  const { config, selection, changes } = sheet;
  const edit = config.can.edit;
  document.addEventListener("batchly:commands", ({ detail }) => {
    const marked = sheet.grid.getActiveCell();
    const add = (words, keys, run, glyph) => detail.push({ words, detail: keys, run, ...(glyph && { glyph }) });
    add("Find", "Ctrl F", () => sheet.find.open(false), "search");
    if (edit) add("Find and replace", "Ctrl H", () => sheet.find.open(true), "search");
    if (edit) add("Undo", "Ctrl Z", () => changes.undo(), "undo");
    if (edit) add("Redo", "Ctrl Y", () => changes.redo());
    add("Tick all rows of the filter", "", () => selection.selectAll(), "check");
    if (!marked) return;
    add("Copy with heads", "Ctrl Shift C", () => copyRange(sheet, true), "copy");
    if (!edit) return;
    add("Fill down", "Ctrl D", () => fillCopy(sheet, true));
    add("Fill to the right", "Ctrl R", () => fillCopy(sheet, false));
    add("Go on with the series", "", () => fillSeries(sheet));
    add("Today", "Ctrl ;", () => fillToday(sheet));
  });
}
