/* What the palette can lead to: pages of the menu, views, what this page can do, and records the server finds. */
import { t } from "../core/words.js";

function said(node) {
  return (node.getAttribute("aria-label") ?? node.textContent).trim().replace(/\s+/gu, " ");
}

function glyphOf(node) {
  return node.querySelector("use")?.getAttribute("href").split("#")[1];
}

/** The pages and tables of the menu. */
export function pages() {
  return [...document.querySelectorAll("#sidebar .nav-link")].map((link) => ({
    words: link.querySelector("span").textContent.trim(),
    detail: link.closest(".nav-group").querySelector("h2")?.textContent.trim() ?? "",
    href: link.getAttribute("href"),
    searchable: link.hasAttribute("data-searchable"),
    glyph: glyphOf(link),
  }));
}

/** The buttons of the page and of the account menu, and what a table adds by answering the event. */
export function pageCommands() {
  const near = [...document.querySelectorAll("#content button, #content a.button")].filter(
    (node) => !node.disabled && node.checkVisibility() && !node.closest(".slick, table, .grid-status, [role=tablist], [hidden]") && said(node),
  );
  const account = [...document.querySelectorAll("#user-menu .menu-item")];
  const asked = new CustomEvent("batchly:commands", { detail: [] });
  document.dispatchEvent(asked);
  const clicks = [...near, ...account].map((node) => ({
    words: said(node),
    detail: node.closest("#user-menu") ? t("Account") : t("This page"),
    glyph: glyphOf(node) ?? "open",
    run: () => node.click(),
  }));
  const known = new Set();
  return [...asked.detail.map((one) => ({ glyph: "keyboard", ...one })), ...clicks].filter(({ words }) => !known.has(words) && known.add(words));
}

/** An entry as the server describes it. */
export function served({ label, detail, icon, href }) {
  return { words: label, detail, glyph: icon, href };
}

function rank({ words, detail }, wanted) {
  const low = words.toLowerCase();
  if (low.startsWith(wanted)) return 0;
  if (low.split(/[\s/-]+/u).some((word) => word.startsWith(wanted))) return 1;
  return `${low} ${detail.toLowerCase()}`.includes(wanted) ? 2 : 9;
}

/** Entries that fit the text, the best first; each word of the text has to be found. */
export function fitting(entries, text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return entries;
  const words = wanted.split(/\s+/u);
  return entries
    .map((entry, index) => ({ entry, index, at: rank(entry, wanted) }))
    .filter(({ entry, at }) => at < 9 || words.every((word) => rank(entry, word) < 9))
    .sort((a, b) => a.at - b.at || a.index - b.index)
    .map(({ entry }) => entry);
}

/** Searching each table for the text. */
export function searches(places, text) {
  const wanted = text.trim();
  return places.filter((place) => place.searchable).map((place) => ({
    words: t("Search {words} for “{wanted}”", { words: place.words, wanted }),
    detail: "",
    glyph: "search",
    href: `${place.href.split("?")[0]}?search=${encodeURIComponent(wanted)}`,
  }));
}
