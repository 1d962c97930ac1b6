/* The way to a cell's files: opened by Enter, dropped or pasted onto the cell. What does the work is fetched then. */
import { parts } from "./later.js";

function cellUnder(sheet, event) {
  const at = sheet.grid.getCellFromEvent(event);
  const spec = at && sheet.grid.getColumns()[at.cell]?.spec;
  const item = spec?.kind === "files" && sheet.config.can.edit ? sheet.store.getItem(at.row) : null;
  return item?.v ? { ...at, item, spec } : null;
}

const DROP = "files-drop";

/** A file dropped beside a cell would otherwise replace the whole page. */
function startDrop(sheet) {
  const mark = (found) => sheet.grid.setCellCssStyles(DROP, found ? { [found.row]: { [found.spec.name]: "drop-here" } } : {});
  const isFile = (event) => [...event.dataTransfer.types].includes("Files");
  sheet.area.addEventListener("dragover", (event) => {
    if (!isFile(event)) return;
    const found = cellUnder(sheet, event);
    event.preventDefault();
    event.dataTransfer.dropEffect = found ? "copy" : "none";
    mark(found);
  });
  sheet.area.addEventListener("dragleave", () => mark(null));
  sheet.area.addEventListener("drop", (event) => {
    if (!isFile(event)) return;
    const found = cellUnder(sheet, event);
    event.preventDefault();
    mark(null);
    if (found) give(sheet, found.item, found.spec, [...event.dataTransfer.files]);
  });
}

function give(sheet, item, spec, files) {
  parts().then(({ addFiles }) => addFiles(sheet, item, spec, files), () => {});
}

/** A pasted picture goes into the cell of files it is pasted on; answers whether it did. */
export function pasteFiles(sheet, event) {
  const active = sheet.grid.getActiveCell();
  const spec = active && sheet.grid.getColumns()[active.cell]?.spec;
  const item = active && sheet.store.getItem(active.row);
  const clipboard = event.clipboardData;
  if (spec?.kind !== "files" || !item || !clipboard.files?.length || clipboard.getData("text/plain")) return false;
  event.preventDefault();
  const files = [...clipboard.files];
  if (sheet.config.can.edit) give(sheet, item, spec, files);
  else sheet.refuse(sheet.whyNot(item, spec));
  return true;
}

export function startFiles(sheet) {
  if (!sheet.config.urls.files) return;
  startDrop(sheet);
  sheet.openFiles = (item, spec) => parts().then(({ openFiles }) => openFiles(sheet, item, spec), () => {});
}
