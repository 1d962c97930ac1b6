/* The fields of a record in the panel: read as text, changed with the same editors as the cells. */
import { button, h, icon } from "../core/dom.js";
import { displayText } from "../core/format.js";
import { t } from "../core/words.js";
import { editorFor } from "./editors.js";
import { valueNode } from "./formatters.js";

/** One field. It is to its editor what the sheet is to the editor of a cell. */
class Field {
  constructor(panel, spec) {
    Object.assign(this, { panel, spec, typing: false, config: panel.sheet.config, states: panel.sheet.states });
    this.spot = h("div", { class: "spot" });
    this.area = this.spot;
    this.say = h("div", { class: "say", "aria-live": "polite" });
    this.node = h("div", { class: `panel-field${["long_text", "json", "address"].includes(spec.kind) ? " wide" : ""}`, data: { field: spec.name } }, h("span", { class: "label", title: spec.help || null }, spec.label), this.spot, this.say);
    this.draw();
  }

  get value() {
    return this.panel.record.cells[this.spec.name];
  }

  get item() {
    const { sheet, record } = this.panel;
    const v = [];
    v[sheet.position(this.spec.name)] = this.value;
    return { id: record.id, version: record.version, lock: record.lock, v };
  }

  get state() {
    const found = this.states.get(this.panel.record.id, this.spec.name);
    return found?.kind === "saved" ? null : found;
  }

  draw() {
    const { spec, state } = this;
    const reason = this.panel.sheet.whyNot(this.item, spec);
    const shown = state ? state.text : valueNode(spec, this.value);
    const empty = state ? state.text === "" : this.value === null || this.value === undefined || this.value === "";
    const inner = empty ? h("span", { class: "soft" }, "–") : shown;
    this.node.dataset.state = state?.kind ?? "";
    if (reason) this.spot.replaceChildren(h("div", { class: "value fixed", title: reason }, inner));
    else this.spot.replaceChildren(...this.editable(inner, state));
    this.say.replaceChildren(...this.words(state));
  }

  /** The value as a button, and beside it the way to what it names: a button holds no link. */
  editable(inner, state) {
    const { spec } = this;
    const peek = inner instanceof Element ? inner.querySelector(".peek") : null;
    peek?.remove();
    const value = h("button", { type: "button", class: "value", "aria-label": t("{label}: {text}. Edit", { label: spec.label, text: state?.text ?? (displayText(spec, this.value) || t("empty")) }), onclick: (event) => this.start(event) }, inner);
    if (!peek) return [value];
    peek.tabIndex = 0;
    return [h("span", { class: "with-peek" }, value, peek)];
  }

  words(state) {
    if (state?.kind === "refused") return [h("span", { class: "tone-red" }, state.reason), button(t("Discard"), { class: "linklike", onclick: () => this.discard() })];
    if (state?.kind !== "conflict") return [];
    return [
      h("span", { class: "tone-amber" }, t("{by} changed this to {current}.", { by: state.by ?? t("Somebody"), current: displayText(this.spec, state.current) || t("nothing") })),
      button(t("Take theirs"), { class: "linklike", onclick: () => this.discard() }),
      button(t("Keep mine"), { class: "linklike", onclick: () => this.commit(state.sent ?? state.text, state.text, state.current) }),
    ];
  }

  discard() {
    this.panel.sheet.discard(this.panel.record.id, this.spec.name);
    this.panel.reload();
  }

  focus() {
    this.spot.querySelector("button.value")?.focus();
  }

  start(event) {
    if (event.target.closest("a")) return;
    if (this.spec.kind === "bool") {
      this.commit(this.value ? "No" : "Yes");
      return;
    }
    const Editor = editorFor(this, this.spec);
    if (!Editor || this.editor) return;
    this.spot.replaceChildren(this.box = h("div", { class: "editor" }));
    this.editor = new Editor({ container: this.box, column: { spec: this.spec, at: this.panel.sheet.position(this.spec.name) } });
    this.editor.loadValue(this.item);
  }

  stop() {
    const { editor } = this;
    this.editor = null;
    editor?.destroy();
    this.draw();
  }

  /** Called by the editor: Enter, Tab or leaving it. */
  finishEdit(move, refocus = true) {
    if (!this.editor) return;
    const changed = this.editor.isValueChanged();
    const text = this.editor.serializeValue();
    const { label } = this.editor;
    this.stop();
    if (changed) this.commit(text, label);
    if (move === "right" || move === "left") this.panel.fields.step(this, move === "right" ? 1 : -1);
    else if (refocus) this.focus();
  }

  cancelEdit() {
    this.stop();
    this.focus();
  }

  /** Ctrl+Enter: one field has no other cells to fill. */
  fillTyped() {
    this.finishEdit(null);
  }

  async commit(text, label, seen = this.value) {
    const { panel } = this;
    const { id } = panel.record;
    const work = panel.sheet.changes.commit([{ item: this.item, spec: this.spec, text, label, seen: seen ?? null }]);
    this.draw();
    await work;
    if (panel.record?.id === id) await panel.reload();
  }
}

/** All fields of a record, under the headings of its form. */
export class Fields {
  constructor(panel) {
    this.panel = panel;
    this.list = [];
  }

  build(groups) {
    const { sheet } = this.panel;
    this.list = [];
    return groups.map((group, index) => {
      const fields = group.fields.map((name) => sheet.spec(name)).filter(Boolean).map((spec) => new Field(this.panel, spec));
      this.list.push(...fields);
      return h("details", { class: "panel-group", open: groups.length === 1 || index < groups.length - 1 }, h("summary", {}, icon("right"), group.title), h("div", { class: "panel-fields" }, fields.map((field) => field.node)));
    });
  }

  redraw() {
    for (const field of this.list) if (!field.editor) field.draw();
  }

  get editing() {
    return this.list.some((field) => field.editor);
  }

  /** Saves what is being typed. */
  settle() {
    for (const field of this.list) field.finishEdit(null, false);
  }

  find(name) {
    return this.list.find((field) => field.spec.name === name);
  }

  step(from, by) {
    const open = this.list.filter((field) => field.spot.querySelector("button.value") || field === from);
    const next = open[open.indexOf(from) + by] ?? from;
    next.focus();
  }
}
