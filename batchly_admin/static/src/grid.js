/* The spreadsheet page: reads the table's configuration and starts the sheet. */
import { startRecordLines } from "./grid/line_sheet.js";
import { Sheet } from "./grid/sheet.js";

function start(config) {
  const sheet = new Sheet(JSON.parse(config.textContent));
  sheet.start();
}

const config = document.getElementById("grid-config");
// Where the first rows are drawn already they are shown first: starting takes longer than a frame.
if (config && document.querySelector(".first-rows") && !document.hidden) requestAnimationFrame(() => setTimeout(() => start(config)));
else if (config) start(config);
startRecordLines(Sheet);
