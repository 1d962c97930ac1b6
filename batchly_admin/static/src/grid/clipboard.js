/* Copy, cut and paste: the clipboard's events go to the modules that do the work. */
import { t } from "../core/words.js";
import { clearMarked, copyMarked } from "./copying.js";
import { announce } from "../core/announce.js";
import { toast, toastError } from "../ui/toast.js";
import { pasteFiles } from "./files_door.js";
import { parts } from "./later.js";
import { readBlock } from "./paste_block.js";
import { currentBoxes } from "./ranges.js";

const FIRST = { top: 0, bottom: 0, left: 1, right: 1 };

/** Answers a paste event: the clipboard can be read only now, the rest may be fetched first. */
function pasteInto(sheet, event, always = false) {
  if (pasteFiles(sheet, event)) return;
  const marked = currentBoxes(sheet);
  const boxes = marked.length || sheet.store.getLength() ? marked : [FIRST];
  const block = readBlock(event.clipboardData);
  if (!boxes.length || !block) return;
  event.preventDefault();
  if (!sheet.config.can.edit) {
    sheet.refuse(sheet.whyNot(null, null));
    return;
  }
  announce(t("Reading what is pasted"));
  parts().then(({ pasteBlock }) => pasteBlock(sheet, block, boxes, always).catch(toastError), () => {});
}

/** Pastes by command, where the browser lets the page read the clipboard. */
export async function pasteByCommand(sheet) {
  try {
    const [item] = await navigator.clipboard.read();
    const texts = new Map();
    for (const kind of item?.types ?? []) if (kind.startsWith("text/")) texts.set(kind, await (await item.getType(kind)).text());
    pasteInto(sheet, { clipboardData: { getData: (kind) => texts.get(kind) ?? "" }, preventDefault() {} });
  } catch {
    toast(t("This browser does not let the page read the clipboard. Press Ctrl+V instead."), { tone: "amber" });
  }
}

export function startClipboard(sheet) {
  const editing = () => sheet.grid.getCellEditor();
  let asks = false;
  sheet.area.addEventListener("copy", (event) => {
    if (!editing()) copyMarked(sheet, event);
  });
  sheet.area.addEventListener("cut", (event) => {
    if (!editing()) copyMarked(sheet, event)?.then(() => clearMarked(sheet), () => {});
  });
  // Ctrl+Shift+V is a paste without formats; here it also asks again what was answered before.
  sheet.area.addEventListener("keydown", (event) => {
    asks = event.shiftKey && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "v";
  }, { capture: true });
  sheet.area.addEventListener("paste", (event) => {
    if (!editing()) pasteInto(sheet, event, asks);
    asks = false;
  });
  // A table without a row has no cell to stand on; what is pasted onto the page becomes its first rows.
  if (!sheet.place.embedded) {
    document.addEventListener("paste", (event) => {
      if (event.target === document.body && !document.querySelector("dialog[open]") && sheet.store.getLength() === 0) pasteInto(sheet, event);
    });
  }
}
