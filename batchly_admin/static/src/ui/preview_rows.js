/* The rows of a bulk action's preview: what becomes of each, and which of them to leave out. */
import { h } from "../core/dom.js";
import { money } from "../core/format.js";

/** Shows the rows; `onchange` is told when somebody ticks one in or out. */
export class PreviewRows {
  constructor(onchange) {
    this.onchange = onchange;
    this.out = new Set();
    this.node = h("div", { class: "preview-rows" });
    this.drawn = false;
  }

  /** The ids to leave out, as requests carry them. */
  get leaveOut() {
    return [...this.out];
  }

  /** Draws the rows once, and then only what is said of each. */
  show(rows) {
    if (!this.drawn) this.draw(rows);
    const said = new Map(rows.map((row) => [row.id, row]));
    for (const line of this.node.querySelectorAll("[data-row]")) {
      const row = said.get(line.dataset.row);
      if (row) line.querySelector(".said").textContent = this.words(row);
      line.classList.toggle("off", this.out.has(line.dataset.row));
    }
  }

  words(row) {
    return row.reason ? `left out: ${row.reason}` : row.amount === null ? "" : money(row.amount);
  }

  draw(rows) {
    this.drawn = true;
    if (rows.length < 2) return;
    const lines = rows.map((row) => h("li", { class: `row${row.reason ? " refused" : ""}`, data: { row: row.id } }, this.box(row), h("span", { class: "said" })));
    this.node.append(h("h3", {}, "Rows"), h("ul", { class: "lines", tabIndex: 0, "aria-label": "Rows; untick those to leave out" }, lines));
  }

  box(row) {
    const box = h("input", { type: "checkbox", checked: !row.reason, disabled: Boolean(row.reason) });
    box.addEventListener("change", () => {
      if (box.checked) this.out.delete(row.id);
      else this.out.add(row.id);
      this.onchange();
    });
    return h("label", { class: "check" }, box, h("span", {}, row.label));
  }
}
