/* Ctrl+K: go to a table, a view or a record, or do something, by typing a part of its name. */
import { announce } from "../core/announce.js";
import { debounce, delegate, h, icon } from "../core/dom.js";
import { plural } from "../core/format.js";
import { getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { openDialog } from "./dialog.js";
import { fitting, pageCommands, pages, searches, served } from "./palette_entries.js";

const WHAT = t("Go to a table, view or record, or do something");
const WAIT = 140;
const SHORTEST = 2;

class Palette {
  constructor() {
    this.places = pages();
    this.commands = pageCommands();
    this.more = [];
    this.records = [];
    this.at = 0;
    this.flight = null;
    this.build();
    this.draw();
    this.load();
  }

  build() {
    this.input = h("input", { class: "palette-input", type: "text", role: "combobox", autocomplete: "off", spellcheck: false, placeholder: `${WHAT}…`, "aria-label": WHAT, "aria-controls": "palette-list", "aria-expanded": "true", "aria-autocomplete": "list" });
    this.list = h("div", { class: "palette-list", role: "listbox", id: "palette-list", "aria-label": t("What was found") });
    this.dialog = openDialog({ title: t("Go to"), size: "palette", onclose: () => this.flight?.abort() });
    this.dialog.node.replaceChildren(this.input, this.list);
    this.dialog.node.removeAttribute("aria-labelledby");
    this.dialog.node.setAttribute("aria-label", t("Go to"));
    const ask = debounce(() => this.find(), WAIT);
    this.input.addEventListener("input", () => {
      this.records = [];
      this.at = 0;
      this.draw();
      ask();
    });
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.focus();
  }

  onKey(event) {
    const count = this.list.children.length;
    const page = 8;
    const to = { ArrowDown: this.at + 1, ArrowUp: this.at - 1, PageDown: Math.min(this.at + page, count - 1), PageUp: Math.max(this.at - page, 0) }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.mark((to + count) % Math.max(count, 1));
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.list.children[this.at]?.click();
    }
  }

  /** What is offered without a text: the person's views, what can be made. */
  async load() {
    try {
      const { views, commands } = await getJson("/palette");
      this.more = [...commands, ...views].map(served);
      this.draw();
    } catch {
      // Without the server the menu's pages and this page's commands remain.
    }
  }

  async find() {
    this.flight?.abort();
    const text = this.input.value.trim();
    if (text.length < SHORTEST) return;
    this.flight = new AbortController();
    try {
      const { records } = await getJson(`/palette/records?q=${encodeURIComponent(text)}`, this.flight.signal);
      this.records = records.map(served);
      this.draw();
      announce(`${plural(this.list.children.length, "entry", "entries")}`);
    } catch (error) {
      if (error.name !== "AbortError") announce(error.message);
    }
  }

  entries() {
    const text = this.input.value;
    const named = fitting([...this.places, ...this.commands, ...this.more], text);
    return text.trim() ? [...named.slice(0, 12), ...this.records, ...named.slice(12), ...searches(this.places, text)] : named;
  }

  draw() {
    const found = this.entries();
    this.list.replaceChildren(...found.map((entry, index) => this.option(entry, index)));
    this.mark(Math.min(this.at, Math.max(0, found.length - 1)));
  }

  option({ words, detail, glyph, href, run }, index) {
    const inside = [icon(glyph ?? "table"), h("span", { class: "clip" }, words), h("span", { class: "detail clip" }, detail)];
    const props = { class: "menu-item", role: "option", id: `palette-${index}`, tabIndex: -1, "aria-selected": "false" };
    if (href) return h("a", { ...props, href }, inside);
    return h("div", { ...props, onclick: () => {
      this.dialog.close();
      // The dialog gives the focus back first; what runs may open something of its own.
      setTimeout(run);
    } }, inside);
  }

  mark(at) {
    this.at = at;
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    const item = this.list.children[at];
    item?.scrollIntoView({ block: "nearest" });
    if (item) this.input.setAttribute("aria-activedescendant", item.id);
    else this.input.removeAttribute("aria-activedescendant");
  }
}

function openPalette() {
  if (!document.querySelector("dialog[open]")) return new Palette();
  return null;
}

export function startPalette() {
  delegate("click", "[data-open-palette]", openPalette);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k" && document.querySelector("[data-open-palette]")) {
      event.preventDefault();
      event.stopPropagation();
      openPalette();
    }
  }, true);
}
