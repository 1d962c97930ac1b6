/* The spreadsheet page: reads the table's configuration and starts the sheet. */
import Sortable from "sortablejs";
import { Sheet } from "./grid/sheet.js";

// SlickGrid's module build looks for it as a global.
window.Sortable = Sortable;

const config = document.getElementById("grid-config");
if (config) {
  const sheet = new Sheet(JSON.parse(config.textContent));
  sheet.start();
}
