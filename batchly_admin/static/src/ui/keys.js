/* All keys, in a dialog: Ctrl+/ anywhere, ? outside of cells and fields. */
import { delegate, h } from "../core/dom.js";
import { openDialog } from "./dialog.js";

const GROUPS = [
  ["Move", [
    ["Arrows", "One cell"],
    ["Ctrl Arrow", "To the edge of the data"],
    ["Home · End", "First · last column"],
    ["Ctrl Home · Ctrl End", "First · last cell of the table"],
    ["Page Up · Page Down", "One screen"],
    ["Tab · Shift Tab", "Right · left, inside a range round it"],
    ["Enter · Shift Enter", "Inside a range: down · up"],
  ]],
  ["Mark", [
    ["Shift + any of these", "Stretch the range"],
    ["Ctrl click · Ctrl drag", "One more range; a marked cell is left out"],
    ["Shift Space", "Whole rows"],
    ["Ctrl Space", "Whole columns"],
    ["Ctrl click on a head", "That column"],
    ["Ctrl click on a tick box", "That row"],
    ["Ctrl A", "All cells"],
    ["Ctrl Shift Space", "Tick the marked rows"],
    ["Esc", "Back to one cell"],
  ]],
  ["Edit", [
    ["Type", "Replace the value; arrows then leave the cell"],
    ["F2 · Enter · double click", "Change the value; arrows then stay in it"],
    ["Ctrl Enter while typing", "Into every marked cell"],
    ["Esc", "Leave it as it was"],
    ["Delete", "Empty the marked cells"],
    ["Ctrl ;", "Today"],
    ["Ctrl D · Ctrl R", "Fill down · to the right"],
    ["Drag the corner", "Go on with the series; Ctrl copies"],
    ["Double click the corner", "Fill down to the end"],
    ["Ctrl Z · Ctrl Y", "Undo · redo"],
  ]],
  ["Copy, find, open", [
    ["Ctrl C · Ctrl X · Ctrl V", "Copy · cut · paste"],
    ["Ctrl Shift C", "Copy with the heads"],
    ["Ctrl F · Ctrl H", "Find · find and replace"],
    ["/", "Search the table"],
    ["Space", "The record beside the table"],
    ["Ctrl Enter", "Open the record"],
    ["Shift F10", "Menu of the cell"],
    ["Ctrl K", "Go to a table, view or record, or do something"],
    ["Ctrl / · ?", "These keys"],
  ]],
];

function keysOf(text) {
  return h("dt", {}, text.split(" ").map((word) => (/^(·|or|\+|any|of|these|click|drag|on|a|head|tick|box|while|typing|double|the|corner|Drag|Double|Arrows|Type)$/.test(word) ? ` ${word} ` : h("kbd", {}, word))));
}

export function openKeyHelp() {
  if (document.querySelector("dialog[open]")) return;
  const groups = GROUPS.map(([title, keys]) => h("section", {}, h("h3", {}, title), h("dl", { class: "key-list" }, keys.flatMap(([key, words]) => [keysOf(key), h("dd", {}, words)]))));
  openDialog({ title: "Keyboard", size: "wide keys", body: [h("div", { class: "key-groups" }, groups)] });
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
