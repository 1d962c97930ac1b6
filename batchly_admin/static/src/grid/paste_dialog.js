/* The dialog before a paste: what will happen, what can be read in two ways, which names are unknown. */
import { button, h, uniqueId } from "../core/dom.js";
import { plainNumber, plural } from "../core/format.js";
import { t } from "../core/words.js";
import { openDialog } from "../ui/dialog.js";

const SHOWN = 200;
const WAYS = { dmy: t("day first"), mdy: t("month first"), ymd: t("year first"), ".": t("decimal point"), ",": t("decimal comma") };

function summary(sheet, plan) {
  const old = plan.cells.filter(({ item }) => !item.fresh);
  const count = (cells) => new Set(cells.map(({ item }) => item.id)).size;
  const added = count(plan.cells.filter(({ item }) => item.fresh));
  const items = [
    old.length > 0 && t("{cells} in {rows} will be changed.", { cells: plural(old.length, "cell"), rows: plural(count(old), "row") }),
    added > 0 && t("{lines} will be added.", { lines: plural(added, "line") }),
    plan.barred.length > 0 && t("{cells} cannot be changed and will stay red: {reason}", { cells: plural(plan.barred.length, "cell"), reason: plan.barred[0].reason }),
    plan.over > 0 && t("{columns} beyond the last column will be left out.", { columns: plural(plan.over, "column") }),
    plan.fresh.length > 0 && !sheet.config.can.create && t("{rows} beyond the last row will be left out: new rows are not made here.", { rows: plural(plan.fresh.length, "row") }),
  ].filter(Boolean);
  return items.length > 0 && h("ul", { class: "paste-facts" }, items.map((text) => h("li", {}, text)));
}

/** The tick that lets rows beyond the last one be created; columns that a new row needs are named. */
function freshRows(sheet, plan) {
  if (!plan.fresh.length || !sheet.config.can.create) return null;
  const given = new Set(plan.fresh.flatMap(({ texts }) => Object.keys(texts)));
  const lacks = sheet.config.columns.filter((spec) => spec.required && (spec.editable || spec.once) && !given.has(spec.name)).map((spec) => spec.label);
  const input = h("input", { type: "checkbox", checked: !lacks.length, disabled: lacks.length > 0, data: { create: "rows" } });
  const words = t("Create {rows} for what is beyond the last row", { rows: plural(plan.fresh.length, "new row") });
  return {
    node: h("div", {}, h("label", { class: "check" }, input, h("span", {}, words)), lacks.length > 0 && h("p", { class: "note amber" }, t("A new row also needs: {lacks}.", { lacks: lacks.join(", ") }))),
    value: () => input.checked,
  };
}

function question(one) {
  const name = uniqueId("reading");
  const options = Object.entries(one.meanings).map(([value, meaning]) =>
    h("label", { class: "check" }, h("input", { type: "radio", name, value, checked: one.remembered === value }), h("span", {}, h("b", {}, meaning), ` (${WAYS[value]})`)));
  const mixed = one.mixed ? " " + t("The column holds both ways; the others stay red.") : "";
  const node = h("fieldset", { class: "paste-question", data: { column: one.column } },
    h("legend", {}, t("{label}: what is “{sample}”?", { label: one.label, sample: one.sample })), options, h("p", { class: "help" }, t("It counts for the whole column and is remembered for you.{mixed}", { mixed })));
  return { column: one.column, node, value: () => node.querySelector("input:checked")?.value ?? null };
}

function optionWords(option) {
  return option.detail ? `${option.label} · ${option.detail}` : option.label;
}

function nameRow(one) {
  const id = uniqueId("name");
  const select = h("select", { class: "select", id },
    h("option", { value: "" }, t("Leave these cells red")),
    one.options.map((option) => h("option", { value: option.id }, optionWords(option))),
    one.create && h("option", { value: "create" }, t("Create {create} “{text}”", { create: one.create, text: one.text })));
  const node = h("li", { data: { name: one.text } }, h("label", { for: id }, h("b", {}, one.text), h("span", { class: "muted" }, ` ${one.label}. ${one.reason}`)), select);
  return { one, node, select };
}

/** One row for each unclear name, and one click that creates all the missing ones. */
function nameList(names) {
  if (!names.length) return null;
  const rows = names.map(nameRow);
  const missing = rows.filter(({ one }) => one.create);
  const all = missing.length > 0 && button(t("Create {records}", { records: plural(missing.length, "missing record") }), {
    class: "button small",
    onclick: () => { for (const { select } of missing) if (!select.value) select.value = "create"; },
  });
  return {
    rows,
    node: h("section", { class: "paste-names" },
      h("div", { class: "row" }, h("h3", { class: "grow" }, t("{names} to settle", { names: plural(names.length, "name") })), all),
      h("ul", { class: "lines", tabIndex: 0, "aria-label": t("Names to settle") }, rows.slice(0, SHOWN).map(({ node }) => node)),
      rows.length > SHOWN && h("p", { class: "help" }, t("The first {SHOWN} are shown; the button counts for all.", { SHOWN }))),
  };
}

function picks(names) {
  const [chosen, create] = [new Map(), new Map()];
  for (const { one, select } of names?.rows ?? []) {
    if (select.value === "create") create.set(one.column, [...(create.get(one.column) ?? []), one.text]);
    else if (select.value) chosen.set(`${one.column} ${one.text}`, { text: select.value });
  }
  return { chosen, create };
}

/** Asks; answers {answers, chosen, create, fresh}, or null when the paste is given up. */
export function askPaste(sheet, plan, look) {
  return new Promise((resolve) => {
    let answer = null;
    const questions = look.questions.map(question);
    const names = nameList(look.names);
    const fresh = freshRows(sheet, plan);
    const message = h("div", { role: "alert" });
    const paste = button(t("Paste"), { class: "button primary" });
    const cancel = button(t("Cancel"));
    const body = h("div", { class: "stack paste" }, summary(sheet, plan), fresh?.node, questions.map(({ node }) => node), names?.node, message);
    const dialog = openDialog({ title: t("Paste"), body: [body], footer: [cancel, paste], onclose: () => { resolve(answer); sheet.grid.focus(); } });
    cancel.addEventListener("click", dialog.close);
    paste.addEventListener("click", () => {
      const open = questions.find(({ value }) => !value());
      if (open) {
        message.replaceChildren(h("div", { class: "note red" }, t("Choose what the marked texts mean; nothing is guessed.")));
        open.node.querySelector("input").focus();
        return;
      }
      answer = { answers: Object.fromEntries(questions.map(({ column, value }) => [column, value()])), fresh: fresh?.value() ?? false, ...picks(names) };
      dialog.close();
    });
    (body.querySelector("input:not(:disabled), select") ?? paste).focus();
  });
}

/** A dialog with a bar for a long paste. Answers {tell, close}; `onstop` is called when somebody stops it. */
export function showProgress(onstop) {
  const bar = h("progress", { class: "progress", max: 1, value: 0, "aria-label": t("Progress of the paste") });
  const words = h("p", { "aria-live": "polite" }, t("Starting…"));
  const stop = button(t("Stop"), {});
  let done = false;
  const halt = () => {
    if (done) return;
    stop.disabled = true;
    onstop();
  };
  const dialog = openDialog({ title: t("Pasting"), size: "small", body: [h("div", { class: "stack" }, bar, words)], footer: [stop], onclose: halt });
  stop.addEventListener("click", halt);
  return {
    tell(at, total) {
      bar.value = at / total;
      words.textContent = t("{rows} of {at} done", { rows: plural(at, "cell or row", "cells and rows"), at: at === total ? t("all") : plainNumber(String(total)) });
    },
    close() {
      done = true;
      dialog.close();
    },
  };
}
