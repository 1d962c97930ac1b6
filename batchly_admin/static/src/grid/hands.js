/* Starts the hands of the spreadsheet: marking, filling, finding, help. */
import { fillAll, startFill } from "./fill.js";
import { startFiles } from "./files_door.js";
import { startFind } from "./find_door.js";
import { startCommands } from "./commands.js";
import { startMarking } from "./marking.js";
import { startReorder } from "./reorder.js";
import { startTouch } from "./touch.js";

export function startHands(sheet) {
  startMarking(sheet);
  startFill(sheet);
  startTouch(sheet);
  startReorder(sheet);
  startFiles(sheet);
  if (!sheet.place.embedded) {
    startFind(sheet);
    startCommands(sheet);
  }
  /** Ctrl+Enter in an editor: what was typed goes into every marked cell. */
  sheet.fillTyped = (text) => {
    sheet.cancelEdit();
    fillAll(sheet, () => text);
  };
}
