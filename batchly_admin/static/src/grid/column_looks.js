/* What a column looks like, whoever draws its cells: SlickGrid, or first_rows.js before it is there. */
import { columnClass, makeFormatter, tickFormatter } from "./formatters.js";

export const TICK = "_tick";

function tickLook(sheet) {
  return {
    id: TICK,
    at: -1,
    width: (sheet.layout.phone.matches ? 44 : 36) + (sheet.place.embedded ? 0 : 26),
    cssClass: "pick",
    headerCssClass: "pick",
    formatter: tickFormatter(sheet),
  };
}

/** The column of boxes, then the columns that are shown, in order. */
export function columnLooks(sheet) {
  const { layout, config } = sheet;
  const nameColumn = config.columns.find((column) => column.frozen) ?? config.columns[0];
  return [
    tickLook(sheet),
    ...layout.shown().map((spec) => ({
      id: spec.name,
      spec,
      at: sheet.position(spec.name),
      width: layout.width(spec),
      cssClass: columnClass(spec),
      headerCssClass: columnClass(spec).includes("num") ? "num" : null,
      formatter: makeFormatter(sheet, spec, spec === nameColumn),
    })),
  ];
}
