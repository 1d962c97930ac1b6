/* Ctrl+K: go to a page of the menu, or search one of the tables. */
import { delegate, h, icon } from "../core/dom.js";
import { openDialog } from "./dialog.js";

function destinations() {
  return [...document.querySelectorAll("#sidebar .nav-link")].map((link) => ({
    label: link.querySelector("span").textContent.trim(),
    group: link.closest(".nav-group").querySelector("h2")?.textContent.trim() ?? "",
    href: link.getAttribute("href"),
    searchable: link.hasAttribute("data-searchable"),
    glyph: link.querySelector("use")?.getAttribute("href").split("#")[1],
  }));
}

function matches(places, text) {
  const wanted = text.trim().toLowerCase();
  const found = places.filter((place) => `${place.label} ${place.group}`.toLowerCase().includes(wanted));
  const entries = found.map((place) => ({ ...place, words: place.label, detail: place.group }));
  if (!wanted) return entries;
  const searches = places
    .filter((place) => place.searchable)
    .map((place) => ({
      words: `Search ${place.label} for “${text.trim()}”`,
      detail: "",
      glyph: "search",
      href: `${place.href.split("?")[0]}?search=${encodeURIComponent(text.trim())}`,
    }));
  return [...entries, ...searches];
}

function openPalette() {
  if (document.querySelector("dialog.palette")) return;
  const places = destinations();
  const input = h("input", { class: "palette-input", type: "text", role: "combobox", autocomplete: "off", placeholder: "Go to a page, or search a table…", "aria-label": "Go to a page, or search a table", "aria-controls": "palette-list", "aria-expanded": "true", "aria-autocomplete": "list" });
  const list = h("div", { class: "palette-list", role: "listbox", id: "palette-list", "aria-label": "Places" });
  const dialog = openDialog({ title: "Go to", size: "palette" });
  dialog.node.replaceChildren(input, list);
  dialog.node.setAttribute("aria-label", "Go to");
  let at = 0;
  const mark = () => {
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    const item = list.children[at];
    item?.scrollIntoView({ block: "nearest" });
    if (item) input.setAttribute("aria-activedescendant", item.id);
  };
  const fill = () => {
    at = 0;
    list.replaceChildren(
      ...matches(places, input.value).map((entry, index) =>
        h("a", { class: "menu-item", role: "option", id: `palette-${index}`, tabIndex: -1, href: entry.href }, icon(entry.glyph ?? "table"), h("span", {}, entry.words), h("span", { class: "detail" }, entry.detail)),
      ),
    );
    mark();
  };
  input.addEventListener("input", fill);
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at = (at + (event.key === "ArrowDown" ? 1 : -1) + count) % Math.max(count, 1);
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      list.children[at]?.click();
    }
  });
  fill();
  input.focus();
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
