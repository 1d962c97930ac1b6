/* The spreadsheet page: reads the table's configuration and starts the sheet. */
import { startRecordLines } from "./grid/line_sheet.js";
import { Sheet } from "./grid/sheet.js";

const config = document.getElementById("grid-config");
if (config) {
  const sheet = new Sheet(JSON.parse(config.textContent));
  sheet.start();
}
startRecordLines(Sheet);
