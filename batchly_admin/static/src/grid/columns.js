/* SlickGrid's column definitions from the table's column specs and the person's layout. */
import { h, icon } from "../core/dom.js";
import { t } from "../core/words.js";
import { openMenu } from "../ui/popover.js";
import { toastError } from "../ui/toast.js";
import { TICK, columnLooks } from "./column_looks.js";
import { editorFor } from "./editors.js";
import { levelOf } from "./group_rows.js";

/** The box in the head: ticks every row of the filter, or clears. */
function tickBox(sheet) {
  const { selection } = sheet;
  const box = h("input", { type: "checkbox", "aria-label": t("Select all rows"), tabIndex: -1, checked: selection.all, indeterminate: !selection.all && selection.size > 0 });
  box.addEventListener("click", (event) => {
    event.stopPropagation();
    if (selection.size) selection.clear();
    else selection.selectAll();
  });
  selection.onchange(() => {
    box.checked = selection.all;
    box.indeterminate = !selection.all && selection.size > 0;
  });
  return box;
}

/** Tells screen readers which column a cell is in: those out of sight are not in the page. */
function numbered(columns) {
  columns.forEach((column, index) => { column.cellAttrs = { "aria-colindex": String(index + 1) }; });
  return columns;
}

export function buildColumns(sheet) {
  const { config } = sheet;
  const [tick, ...shown] = columnLooks(sheet);
  // One box for good: SlickGrid puts the same node into the head each time it draws the heads.
  sheet.headBox ??= tickBox(sheet);
  return numbered([
    { ...tick, field: TICK, name: sheet.headBox, resizable: false, sortable: false, reorderable: false },
    ...shown.map((look) => ({
      ...look,
      field: look.id,
      name: look.spec.label,
      minWidth: 50,
      sortable: look.spec.sortable,
      toolTip: look.spec.help || null,
      editor: look.spec.editable && config.can.edit ? editorFor(sheet, look.spec) : null,
    })),
  ]);
}

/** Puts columns, frozen part and sort marks onto the grid again. */
export function applyLayout(sheet) {
  const { grid, layout } = sheet;
  applyHeight(sheet);
  grid.getEditorLock().cancelCurrentEdit();
  grid.setOptions({ frozenColumn: -1 });
  grid.setColumns(buildColumns(sheet));
  grid.setOptions({ frozenColumn: layout.frozenIndex() });
  applySort(sheet);
  sheet.store.hold().catch(toastError);
}

/** Gives the rows the height of the layout; the style sheet has the three of them. */
export function applyHeight(sheet) {
  if (sheet.place.embedded) return;
  const { grid, layout } = sheet;
  grid.getContainerNode().dataset.height = layout.height;
  if (grid.getOptions().rowHeight === layout.rowHeight()) return;
  grid.setOptions({ rowHeight: layout.rowHeight() });
  grid.updateRowCount();
  grid.invalidate();
}

export function applySort(sheet) {
  sheet.grid.setSortColumns(sheet.query.sort.map((term) => ({ columnId: term.replace(/^-/, ""), sortAsc: !term.startsWith("-") })));
}

function headMenu(sheet, spec, anchor) {
  const { query, layout } = sheet;
  const shown = layout.shown();
  const place = shown.indexOf(spec) + 1;
  const groups = sheet.grouping && spec.groupable && query.group.length < 3 && !query.group.some((term) => levelOf(term).name === spec.name);
  const sortBy = (term) => () => sheet.sortBy([term]);
  openMenu(
    [
      spec.sortable && { label: t("Sort ascending"), run: sortBy(spec.name) },
      spec.sortable && { label: t("Sort descending"), run: sortBy(`-${spec.name}`) },
      spec.sortable && query.sort.length > 0 && !query.sort.some((term) => term.replace(/^-/, "") === spec.name) && { label: t("Then sort by this"), run: () => sheet.sortBy([...query.sort, spec.name]) },
      query.sort.length > 0 && query.sort.join() !== query.defaultSort.join() && { label: t("Usual order"), icon: "undo", run: () => sheet.sortBy([...query.defaultSort]) },
      spec.operators?.length && { label: t("Filter by {label}…", { label: spec.label }), icon: "filter", run: () => sheet.filterBar.edit(spec) },
      groups && { label: query.group.length ? t("Then group by this") : t("Group by this"), run: () => query.update({ group: [...query.group, spec.name] }) },
      groups && spec.ages && { label: query.group.length ? "Then group by age" : "Group by age", run: () => query.update({ group: [...query.group, `${spec.name}:aging`] }) },
      { label: layout.frozen === place ? t("Unfreeze columns") : t("Freeze up to here"), icon: "pin", run: () => { layout.frozen = layout.frozen === place ? 0 : place; layout.save(); applyLayout(sheet); } },
      { label: t("Hide column"), disabled: shown.length < 2, run: () => { layout.hidden.add(spec.name); layout.save(); applyLayout(sheet); } },
    ].filter(Boolean),
    anchor,
    t("Column {label}", { label: spec.label }),
  );
}

/** Adds the menu to column heads, and keeps widths and order. */
export function wireColumns(sheet) {
  const { grid, layout } = sheet;
  grid.onHeaderCellRendered.subscribe((_event, { node, column }) => {
    if (!column.spec) return;
    const trigger = h("button", { class: "head-menu", type: "button", tabIndex: -1, "aria-label": t("Menu of {label}", { label: column.spec.label }) }, icon("down"));
    trigger.addEventListener("click", (event) => {
      event.stopPropagation();
      headMenu(sheet, column.spec, trigger);
    });
    node.append(trigger);
  });
  grid.onHeaderContextMenu.subscribe((event, { column }) => {
    const native = event.getNativeEvent();
    if (!column?.spec) return;
    native.preventDefault();
    headMenu(sheet, column.spec, { x: native.clientX, y: native.clientY });
  });
  grid.onColumnsResized.subscribe(() => {
    for (const column of grid.getColumns()) if (column.spec) layout.widths[column.id] = column.width;
    layout.save();
  });
  grid.onColumnsReordered.subscribe(() => {
    layout.reorder(numbered(grid.getColumns()).filter((column) => column.spec).map((column) => column.id));
    grid.invalidate();
  });
  grid.onSort.subscribe((_event, { sortCols }) => {
    sheet.sortBy(sortCols.map(({ columnId, sortAsc }) => (sortAsc ? columnId : `-${columnId}`)));
  });
  layout.phone.addEventListener("change", () => applyLayout(sheet));
}
