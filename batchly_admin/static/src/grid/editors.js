/* Editors of single cells. They hand over text; the server reads it, so what is typed is never lost or guessed here. */
import { h, icon } from "../core/dom.js";
import { NUMBER_KINDS, editText } from "../core/format.js";
import { t } from "../core/words.js";
import { Combo, fixedSource, lookupSource } from "../ui/combo.js";
import { makeHere, withCreate } from "./making.js";

const ARROWS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

/** What all editors share: the keys that end editing, the text before, leaving by click. */
class CellEditor {
  constructor(args) {
    this.args = args;
    this.sheet = args.column.sheet;
    this.spec = args.column.spec;
    this.quick = this.sheet.typing;
    this.picked = null;
    this.input = this.build(args.container);
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("focusout", () => setTimeout(() => this.onLeave()));
    this.input.addEventListener("pointerdown", () => { this.quick = false; });
    this.input.setAttribute("aria-label", this.spec.label);
    this.focus();
  }

  build(container) {
    const input = h("input", { class: `cell-input${NUMBER_KINDS.has(this.spec.kind) ? " num" : ""}`, type: "text", autocomplete: "off", spellcheck: this.spec.kind === "text" });
    if (NUMBER_KINDS.has(this.spec.kind)) input.inputMode = "decimal";
    container.append(input);
    return input;
  }

  focus() {
    this.input.focus({ preventScroll: true });
  }

  loadValue(item) {
    const state = this.sheet.states.get(item.id, this.spec.name);
    this.before = editText(this.spec, item.v[this.args.column.at]);
    this.kept = state && state.kind !== "saved" ? state.text : null;
    // Typing replaces the value; the key itself lands in the emptied input.
    this.input.value = this.quick ? "" : this.kept ?? this.before;
    if (!this.quick) this.input.select?.();
  }

  serializeValue() {
    return this.picked ?? this.input.value;
  }

  isValueChanged() {
    if (this.picked !== null) return true;
    if (this.kept !== null && this.kept !== undefined) return true;
    return this.input.value !== this.before;
  }

  applyValue() {}

  validate() {
    return { valid: true, msg: null };
  }

  destroy() {
    this.gone = true;
    this.input.remove();
  }

  finish(move) {
    this.sheet.finishEdit(move);
  }

  onLeave() {
    if (this.gone || this.sheet.area.contains(document.activeElement) || !document.hasFocus()) return;
    if (document.activeElement?.closest?.(".cell-text-pop")) return;
    this.sheet.finishEdit(null, false);
  }

  /** Keys go no further: the grid would move or select with them while somebody types. */
  onKey(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.sheet.fillTyped(this.serializeValue());
      return;
    }
    const move = { Enter: event.shiftKey ? "up" : "down", Tab: event.shiftKey ? "left" : "right" }[event.key];
    if (move) {
      event.preventDefault();
      this.finish(move);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.sheet.cancelEdit();
    } else if (event.key === "F2") {
      // As in Excel: from now on the arrows move inside the text, or out of it again.
      event.preventDefault();
      this.quick = !this.quick;
    } else if (this.quick && event.key in ARROWS && !event.shiftKey) {
      event.preventDefault();
      this.finish(ARROWS[event.key]);
      this.sheet.tabbedFrom = null;
    }
  }
}

class DateEditor extends CellEditor {
  build(container) {
    const type = this.spec.kind === "datetime" ? "datetime-local" : "date";
    const input = h("input", { class: "cell-input", type: "text", autocomplete: "off", placeholder: t("YYYY-MM-DD") });
    const native = h("input", { type, tabIndex: -1, "aria-hidden": "true" });
    const open = h("button", { type: "button", tabIndex: -1, "aria-label": t("Calendar") }, icon("terms"));
    open.addEventListener("pointerdown", (event) => event.preventDefault());
    open.addEventListener("click", () => {
      native.value = /^\d{4}-\d\d-\d\d/.test(input.value) ? input.value.slice(0, type === "date" ? 10 : 16) : "";
      native.showPicker?.();
    });
    native.addEventListener("change", () => {
      input.value = native.value;
      this.focus();
    });
    this.box = h("div", { class: "cell-date" }, input, open, native);
    container.append(this.box);
    return input;
  }

  destroy() {
    super.destroy();
    this.box.remove();
  }
}

class LongTextEditor extends CellEditor {
  build(container) {
    const area = h("textarea", { class: "textarea", rows: 6 });
    this.pop = h("div", { class: "cell-text-pop" }, area, h("div", { class: "muted small" }, t("Enter saves, Shift+Enter starts a new line")));
    document.body.append(this.pop);
    const box = container.getBoundingClientRect();
    this.pop.style.left = `${Math.max(8, Math.min(box.left, innerWidth - 350))}px`;
    this.pop.style.top = `${Math.max(8, Math.min(box.top, innerHeight - this.pop.offsetHeight - 8))}px`;
    return area;
  }

  onKey(event) {
    if (event.key === "Enter" && (event.shiftKey || event.altKey)) {
      event.stopPropagation();
      return;
    }
    if (this.quick && event.key.startsWith("Arrow")) {
      event.stopPropagation();
      return;
    }
    super.onKey(event);
  }

  destroy() {
    super.destroy();
    this.pop.remove();
  }
}

class ComboEditor extends CellEditor {
  build(container) {
    const input = super.build(container);
    const local = this.spec.kind === "choice";
    const none = { id: "", value: "", label: t("(empty)"), clear: true };
    const source = local
      ? fixedSource([...(this.spec.required ? [] : [none]), ...this.spec.choices])
      : lookupSource(this.sheet.config.urls.lookup.replace("{column}", this.spec.name));
    this.combo = new Combo(input, {
      source: this.spec.create ? withCreate(source, this.spec.create) : source,
      delay: local ? 0 : 120,
      onpick: (option) => {
        if (option.make) {
          makeHere(this, option.make);
          return;
        }
        this.picked = option.clear ? "" : local ? option.label : String(option.id);
        input.value = option.clear ? "" : option.label;
        this.label = input.value;
        this.finish(this.way ?? null);
      },
    });
    input.addEventListener("input", () => {
      this.picked = null;
      this.combo.search(input.value);
    });
    return input;
  }

  loadValue(item) {
    super.loadValue(item);
    this.combo.chosen = this.spec.kind === "choice" ? item.v[this.args.column.at] : undefined;
    if (!this.quick) this.combo.search("", { now: true });
  }

  onKey(event) {
    // A piece of a name is not what is meant: arrows stay in it.
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") this.quick = false;
    if (this.combo.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      event.stopPropagation();
      this.combo.move(event.key === "ArrowDown" ? 1 : -1);
      this.moved = true;
      return;
    }
    const typed = this.input.value.trim();
    if ((event.key === "Enter" || event.key === "Tab") && this.combo.open && this.combo.at >= 0 && typed && this.input.value !== this.before) {
      this.way = event.key === "Enter" ? "down" : event.shiftKey ? "left" : "right";
      event.preventDefault();
      event.stopPropagation();
      this.combo.pick();
      return;
    }
    if (event.key === "Enter" && this.combo.open && this.moved) {
      event.preventDefault();
      event.stopPropagation();
      this.way = "down";
      this.combo.pick();
      return;
    }
    super.onKey(event);
  }

  destroy() {
    super.destroy();
    this.combo.destroy();
  }
}

const BY_KIND = { long_text: LongTextEditor, json: LongTextEditor, address: LongTextEditor, date: DateEditor, datetime: DateEditor, choice: ComboEditor };

/** The editor class of a column; null where a key press changes the value without one. */
export function editorFor(sheet, spec) {
  if (spec.kind === "bool" || spec.kind === "badge" || spec.kind === "computed") return null;
  const base = spec.kind === "link" ? (spec.lookup ? ComboEditor : CellEditor) : BY_KIND[spec.kind] ?? CellEditor;
  return class extends base {
    constructor(args) {
      super({ ...args, column: { ...args.column, sheet } });
    }
  };
}
