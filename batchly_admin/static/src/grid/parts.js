/* The parts of the sheet that its first rows do not need, as one file to fetch; see later.js. */
export { conditionForm } from "./condition_form.js";
export { addFiles, openFiles, removeMarked } from "./files.js";
export { openBuilder } from "./filter_builder.js";
export { FilterLine } from "./filter_line.js";
export { FindBar } from "./find.js";
export { Panel } from "./panel.js";
export { pasteBlock } from "./pasting.js";
export { openViewsMenu } from "./views_menu.js";
