/* Turns the server's UTC moments into local words, and keeps "5 minutes ago" true. */
import { moment, relative } from "../core/format.js";

export function showTimes(root = document) {
  for (const node of root.querySelectorAll("time[data-relative]")) {
    node.textContent = relative(node.dateTime);
    node.title = moment(node.dateTime);
  }
  for (const node of root.querySelectorAll("time[data-moment]")) node.textContent = moment(node.dateTime);
}

export function startTimes() {
  showTimes();
  setInterval(() => showTimes(), 30_000);
}
