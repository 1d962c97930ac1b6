/* Runs before the page is drawn for the first time, so that the table's rows are part of it. */
import { drawFirstRows } from "./grid/first_rows.js";

const config = document.getElementById("grid-config");
if (config) drawFirstRows(JSON.parse(config.textContent));
