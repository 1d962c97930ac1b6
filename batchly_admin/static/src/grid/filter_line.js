/* The search box as a filter line: what the server reads in it, as chips below, and how it could go on. */
import { announce } from "../core/announce.js";
import { h, icon, uniqueId } from "../core/dom.js";
import { getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { filterWords } from "./filter_words.js";

const NOTHING = { parts: [], search: "", problems: [], suggestions: [] };

export class FilterLine {
  /** `onplain()` hears that the line is only words to search for. */
  constructor(sheet, box, { onplain }) {
    Object.assign(this, { sheet, box, onplain, reading: NOTHING, text: "", options: [], at: -1, asking: null });
    this.chips = h("div", { class: "line-chips", role: "group", "aria-label": t("Read as") });
    this.list = h("ul", { class: "line-list", role: "listbox", id: uniqueId("line"), "aria-label": t("Suggestions") });
    this.panel = h("div", { class: "line-panel", hidden: true }, this.chips, this.list);
    document.body.append(this.panel);
    box.setAttribute("aria-controls", this.list.id);
    this.panel.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.pick(Number(event.target.closest("li")?.dataset.at ?? -1)));
    box.addEventListener("blur", () => this.hide());
  }

  get open() {
    return !this.panel.hidden;
  }

  /** Asks what a line means and shows it; answers whether it holds filters. The newest line wins. */
  async read(text) {
    if (text !== this.text) {
      this.asking?.abort();
      this.asking = new AbortController();
      const found = text.trim() ? await getJson(`${this.sheet.config.urls.line}?q=${encodeURIComponent(text)}`, this.asking.signal) : NOTHING;
      await this.sheet.filterBar.learn(found.parts.flatMap((part) => part.filters));
      if (text !== this.box.value) return null;
      Object.assign(this, { text, reading: found });
    }
    this.draw();
    return this.reading.parts.length > 0;
  }

  draw() {
    const { parts, problems, search, suggestions } = this.reading;
    const rest = parts.length > 0 && search && h("span", { class: "muted" }, t("and search for") + " ", h("b", {}, search));
    this.chips.replaceChildren(...[...parts.map((part) => this.chip(part)), rest, ...problems.map((words) => h("span", { class: "tone-amber small" }, words))].filter(Boolean));
    this.chips.hidden = !this.chips.childElementCount;
    this.options = [
      ...suggestions.map((one) => ({ label: one.label, detail: one.detail, run: () => this.goOn(one) })),
      ...(parts.length ? [{ label: t("Search for the words instead"), detail: "", run: () => this.asWords() }] : []),
    ];
    this.at = -1;
    this.list.replaceChildren(...this.options.map((one, at) => h("li", { role: "option", id: `${this.list.id}-${at}`, data: { at } }, h("span", {}, one.label), one.detail && h("small", {}, one.detail))));
    this.list.hidden = !this.options.length;
    if (this.chips.hidden && this.list.hidden) this.hide();
    else this.show();
    if (parts.length) announce(t("Enter filters by: {words}", { words: this.words() }));
  }

  words() {
    return this.reading.parts.flatMap((part) => part.filters).map((node) => filterWords(this.sheet.filterBar, node)).join(", ");
  }

  chip(part) {
    const words = part.filters.map((node) => filterWords(this.sheet.filterBar, node)).join(" and ");
    const off = h("button", { type: "button", class: "off", tabIndex: -1, "aria-label": t("Not as a filter: {words}", { words }), onclick: () => this.quote(part) }, icon("close"));
    return h("span", { class: "chip" }, h("span", { class: "say", title: words }, words), off);
  }

  show() {
    const place = this.box.getBoundingClientRect();
    this.panel.hidden = false;
    this.panel.style.top = `${place.bottom + 4}px`;
    this.panel.style.minWidth = `${Math.max(220, place.width)}px`;
    this.panel.style.left = `${Math.max(8, Math.min(place.left, innerWidth - this.panel.offsetWidth - 8))}px`;
    this.box.setAttribute("aria-expanded", "true");
    this.mark();
  }

  hide() {
    this.panel.hidden = true;
    this.chips.replaceChildren();
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }

  mark() {
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === this.at)));
    const item = this.list.children[this.at];
    if (item) this.box.setAttribute("aria-activedescendant", item.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  /** Arrows walk through the list, Escape closes it, Enter takes what is marked. Answers whether it did. */
  key(key) {
    if (!this.open) return false;
    if (key === "Escape") this.hide();
    else if (key === "Enter" && this.at >= 0) this.pick(this.at);
    else if ((key === "ArrowDown" || key === "ArrowUp") && this.options.length) {
      const count = this.options.length + 1;
      this.at = ((this.at + 1 + (key === "ArrowDown" ? 1 : -1) + count) % count) - 1;
      this.mark();
    } else return false;
    return true;
  }

  pick(at) {
    this.options[at]?.run();
  }

  rewrite(text) {
    this.box.value = text;
    this.box.focus();
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  goOn({ text, at }) {
    this.rewrite(`${this.text.slice(0, at)}${text}${/[:>]$/.test(text) ? "" : " "}`);
  }

  /** Puts quotes around the words of a chip: they are searched for. */
  quote(part) {
    const places = [...part.places].sort((one, other) => other[0] - one[0]);
    this.rewrite(places.reduce((text, [from, to]) => `${text.slice(0, from)}"${text.slice(from, to).replaceAll('"', "")}"${text.slice(to)}`, this.text));
  }

  asWords() {
    this.onplain();
    this.hide();
    this.sheet.query.update({ search: this.text.trim() });
    announce(t("Searching for {text}", { text: this.text.trim() }));
  }

  /** Puts what was read beside the filters that are there; the rest stays in the box as a search. */
  apply() {
    const { query } = this.sheet;
    const known = new Set(query.filters.map((one) => JSON.stringify(one)));
    const fresh = this.reading.parts.flatMap((part) => part.filters).filter((one) => !known.has(JSON.stringify(one)));
    const words = this.words();
    this.hide();
    this.box.value = this.reading.search;
    query.update({ search: this.reading.search, filters: [...query.filters, ...fresh] });
    announce(t("Filtered by {words}", { words }));
  }
}
