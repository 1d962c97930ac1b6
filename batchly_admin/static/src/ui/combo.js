/* A text box with a list of choices below it: for link columns (choices from the server) and for choice columns. */
import { h, icon, uniqueId } from "../core/dom.js";
import { getJson } from "../core/http.js";
import { t } from "../core/words.js";

/** Choices of a fixed list whose label contains the text. */
export function fixedSource(options) {
  return async (text) => {
    const wanted = text.trim().toLowerCase();
    return options.filter((option) => option.label.toLowerCase().includes(wanted));
  };
}

/** Choices looked up on the server. */
export function lookupSource(url) {
  let last = null;
  return async (text) => {
    last?.abort();
    last = new AbortController();
    const joint = url.includes("?") ? "&" : "?";
    const answer = await getJson(`${url}${joint}q=${encodeURIComponent(text)}&limit=20`, last.signal);
    return answer.options;
  };
}

/** Attaches the list to an input. `onpick(option)` gets {id, label} or a fixed option. */
export class Combo {
  constructor(input, { source, onpick, delay = 0, emptyText = t("Nothing found") }) {
    Object.assign(this, { input, source, onpick, emptyText, delay, options: [], at: -1, timer: 0 });
    this.list = h("ul", { class: "combo-list", role: "listbox", id: uniqueId("list"), hidden: true, "aria-label": t("Choices") });
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.list.id);
    // Inside a modal dialog only its own descendants can be clicked.
    (input.closest("dialog") ?? document.body).append(this.list);
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const item = event.target.closest("li[data-at]");
      if (item) this.pick(Number(item.dataset.at));
    });
  }

  get open() {
    return !this.list.hidden;
  }

  /** Looks for the text and shows what is found; the newest search wins. */
  search(text, { now = false } = {}) {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      try {
        const options = await this.source(text);
        if (this.list.isConnected) this.show(options);
      } catch (error) {
        if (error.name !== "AbortError") this.show([], error.message);
      }
    }, now ? 0 : this.delay);
  }

  show(options, words = this.emptyText) {
    this.options = options;
    const { chosen } = this;
    // To make a record is never what Enter means by itself.
    this.at = options.length && !options[0].make ? Math.max(0, options.findIndex((option) => chosen !== undefined && option.value === chosen)) : -1;
    this.list.replaceChildren(
      ...(options.length
        ? options.map((option, index) =>
            h("li", { role: "option", id: `${this.list.id}-${index}`, data: { at: index } }, h("span", {}, option.label), option.detail || option.more ? h("small", { class: "cols" }, h("span", {}, option.detail), option.more ? h("span", {}, option.more) : null) : option.value !== undefined && option.value === chosen ? icon("check") : null),
          )
        : [h("li", { class: "none", role: "option", "aria-disabled": "true" }, words)]),
    );
    const box = this.input.getBoundingClientRect();
    this.list.hidden = false;
    this.list.style.minWidth = `${Math.max(200, box.width)}px`;
    const below = innerHeight - box.bottom > Math.min(this.list.offsetHeight, 280) + 8;
    this.list.style.left = `${Math.max(8, Math.min(box.left, innerWidth - this.list.offsetWidth - 8))}px`;
    this.list.style.top = below ? `${box.bottom + 4}px` : `${Math.max(8, box.top - this.list.offsetHeight - 4)}px`;
    this.input.setAttribute("aria-expanded", "true");
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.at)));
    const item = this.list.children[this.at];
    if (item && this.at >= 0) {
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  move(step) {
    if (!this.options.length) return;
    this.at = (this.at + step + this.options.length) % this.options.length;
    this.mark();
  }

  pick(index = this.at) {
    const option = this.options[index];
    if (!option) return false;
    this.hide();
    this.onpick(option);
    return true;
  }

  hide() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }

  destroy() {
    clearTimeout(this.timer);
    this.list.remove();
  }
}
