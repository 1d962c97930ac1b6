/* The rows of a bulk action's preview: what becomes of each, which to leave out, and what single ones answer for themselves. */
import { h, uniqueId } from "../core/dom.js";
import { money } from "../core/format.js";
import { t } from "../core/words.js";
import { controlOf, sayWrong } from "./questions.js";

/** Shows the rows; `onchange` is told when somebody ticks one in or out, or answers for one. */
export class PreviewRows {
  constructor(onchange) {
    this.onchange = onchange;
    this.out = new Set();
    this.own = new Map();
    this.shared = {};
    this.node = h("div", { class: "preview-rows" });
    this.drawn = false;
  }

  /** What of the rows requests carry: the ids to leave out, and the answers of single rows. */
  get asked() {
    return { leave_out: [...this.out], by_row: Object.fromEntries(this.own) };
  }

  /** Draws the rows once, and then only what is said of each. `shared` are the answers for the whole run. */
  show({ rows = [], params = [] }, shared) {
    this.shared = shared;
    if (!this.drawn) this.draw(rows, params.filter((question) => question.by_row));
    const said = new Map(rows.map((row) => [row.id, row]));
    for (const line of this.node.querySelectorAll("[data-row]")) this.update(line, said.get(line.dataset.row));
  }

  /** Whether a row's own answer has to be mended before the run can start. */
  get wrong() {
    return this.node.querySelector("[aria-invalid]") !== null;
  }

  update(line, row) {
    const off = this.out.has(line.dataset.row);
    line.classList.toggle("off", off);
    if (row) line.querySelector(".said").textContent = this.words(row);
    for (const control of line.querySelectorAll("[data-param]")) {
      const { param } = control.dataset;
      const own = this.own.get(line.dataset.row)?.[param];
      // What somebody is typing stays.
      if (control !== document.activeElement) control.value = own ?? this.shared[param] ?? "";
      control.disabled = off;
      control.classList.toggle("own", own !== undefined);
      sayWrong(control, row?.problem?.name === param ? row.problem.reason : "");
    }
  }

  words(row) {
    return row.reason ? t("left out: {reason}", { reason: row.reason }) : row.amount === null ? "" : money(row.amount);
  }

  draw(rows, questions) {
    this.drawn = true;
    if (rows.length < 2) return;
    const lines = rows.map((row) => h("li", { class: `row${row.reason ? " refused" : ""}`, data: { row: row.id } }, this.box(row), row.reason ? null : questions.map((question) => this.question(row, question)), h("span", { class: "said" })));
    this.node.append(h("h3", {}, t("Rows")), h("ul", { class: "lines", tabIndex: 0, "aria-label": t("Rows; untick those to leave out") }, lines));
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

  question(row, question) {
    const control = controlOf(question, uniqueId("own"), () => this.answer(row.id, control));
    control.setAttribute("aria-label", t("{label} of {label2}", { label: question.label, label2: row.label }));
    return h("div", { class: "own-answer", data: { question: question.name } }, h("span", { class: "help", "aria-hidden": "true" }, question.label), control);
  }

  /** Keeps a row's own answer; the same as for the whole run is none. */
  answer(id, control) {
    const { param } = control.dataset;
    const own = { ...this.own.get(id), [param]: control.value };
    if (control.value === (this.shared[param] ?? "")) delete own[param];
    if (Object.keys(own).length) this.own.set(id, own);
    else this.own.delete(id);
    this.onchange();
  }
}
