/* All keys, in a dialog: Ctrl+/ anywhere, ? outside of cells and fields. */
import { delegate, h } from "../core/dom.js";
import { t } from "../core/words.js";
import { openDialog } from "./dialog.js";

const GROUPS = [
  [t("Move"), [
    [t("Arrows"), t("One cell")],
    [t("Ctrl Arrow"), t("To the edge of the data")],
    [t("Home · End"), t("First · last column")],
    [t("Ctrl Home · Ctrl End"), t("First · last cell of the table")],
    [t("Page Up · Page Down"), t("One screen")],
    [t("Tab · Shift Tab"), t("Right · left, inside a range round it")],
    [t("Enter · Shift Enter"), t("Inside a range: down · up")],
  ]],
  [t("Mark"), [
    [t("Shift + any of these"), t("Stretch the range")],
    [t("Ctrl click · Ctrl drag"), t("One more range; a marked cell is left out")],
    [t("Shift Space"), t("Whole rows")],
    [t("Ctrl Space"), t("Whole columns")],
    [t("Ctrl click on a head"), t("That column")],
    [t("Ctrl click on a tick box"), t("That row")],
    [t("Ctrl A"), t("All cells")],
    [t("Ctrl Shift Space"), t("Tick the marked rows")],
    [t("Esc"), t("Back to one cell")],
  ]],
  [t("Edit"), [
    [t("Type"), t("Replace the value; arrows then leave the cell")],
    [t("F2 · Enter · double click"), t("Change the value; arrows then stay in it")],
    [t("Ctrl Enter while typing"), t("Into every marked cell")],
    [t("Esc"), t("Leave it as it was")],
    [t("Delete"), t("Empty the marked cells")],
    [t("Ctrl ;"), t("Today")],
    [t("Ctrl D · Ctrl R"), t("Fill down · to the right")],
    [t("Drag the corner"), t("Go on with the series; Ctrl copies")],
    [t("Double click the corner"), t("Fill down to the end")],
    [t("Ctrl Z · Ctrl Y"), t("Undo · redo")],
  ]],
  [t("Copy, find, open"), [
    [t("Ctrl C · Ctrl X · Ctrl V"), t("Copy · cut · paste")],
    [t("Ctrl Shift C"), t("Copy with the heads")],
    [t("Ctrl F · Ctrl H"), t("Find · find and replace")],
    ["/", t("Search the table")],
    [t("Space"), t("The record beside the table")],
    [t("Ctrl Enter"), t("Open the record")],
    [t("Shift F10"), t("Menu of the cell")],
    [t("Ctrl K"), t("Go to a table, view or record, or do something")],
    [t("Ctrl / · ?"), t("These keys")],
  ]],
];

function keysOf(text) {
  return h("dt", {}, text.split(" ").map((word) => (/^(·|or|\+|any|of|these|click|drag|on|a|head|tick|box|while|typing|double|the|corner|Drag|Double|Arrows|Type)$/.test(word) ? ` ${word} ` : h("kbd", {}, word))));
}

export function openKeyHelp() {
  if (document.querySelector("dialog[open]")) return;
  const groups = GROUPS.map(([title, keys]) => h("section", {}, h("h3", {}, title), h("dl", { class: "key-list" }, keys.flatMap(([key, words]) => [keysOf(key), h("dd", {}, words)]))));
  openDialog({ title: t("Keyboard"), size: "wide keys", body: [h("div", { class: "key-groups" }, groups)] });
}

export function startKeys() {
  delegate("click", "[data-show-keys]", openKeyHelp);
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.defaultPrevented) return;
    const control = event.ctrlKey || event.metaKey;
    const typing = event.target.closest?.("input, textarea, select, dialog, .slick");
    if ((control && event.key === "/") || (!control && event.key === "?" && !typing)) {
      event.preventDefault();
      openKeyHelp();
    }
  });
}
