/* Two people changed one cell: both values side by side, and who it was. */
import { button, h } from "../core/dom.js";
import { displayText, relative } from "../core/format.js";
import { t } from "../core/words.js";
import { openPopover } from "../ui/popover.js";

/** Opens the choice at the cell. */
export function openConflict(sheet, id, name) {
  const state = sheet.states.get(id, name);
  const found = sheet.store.find(id);
  const spec = sheet.spec(name);
  const cell = sheet.cellOf(name);
  if (state?.kind !== "conflict" || !found || cell < 0) return;
  const node = sheet.grid.getCellNode(found.row, cell);
  if (!node) return;
  const theirs = displayText(spec, state.current) || "(empty)";
  const when = state.at ? ` ${relative(state.at)}` : "";
  const settle = (work) => () => {
    close();
    work();
  };
  const panel = h(
    "div",
    { class: "popover", role: "dialog", tabIndex: -1, "aria-label": t("Conflict in {label}", { label: spec.label }), "aria-describedby": "versus" },
    h("div", { class: "versus", id: "versus" },
      h("b", {}, t("{by} changed this{when}", { by: state.by ?? t("Somebody"), when })),
      h("dl", {}, h("dt", {}, t("Yours")), h("dd", {}, state.text || t("(empty)")), h("dt", {}, t("Now in the record")), h("dd", {}, theirs)),
      h("div", { class: "row" },
        button(t("Take theirs"), { class: "button small", onclick: settle(() => sheet.takeTheirs(id, name)) }),
        button(t("Keep mine"), { class: "button small primary", onclick: settle(() => sheet.keepMine(id, name)) }))),
  );
  // Neither button has the focus: the Enter of somebody who types on must not decide.
  const close = openPopover(panel, node, { focus: false, onclose: () => sheet.grid.focus() });
  panel.focus({ preventScroll: true });
}
