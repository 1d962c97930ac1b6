/* The questions of a bulk action's preview: a control for each, and what was answered. */
import { h, uniqueId } from "../core/dom.js";

const INPUT_TYPES = { date: "date", datetime: "datetime-local", integer: "number", email: "email" };

/** A box that searches on the server, as forms have them; the hidden input carries the id. */
function lookupControl(question, id, onchange) {
  const hidden = h("input", { type: "hidden", value: question.value ?? "", oninput: onchange });
  hidden.dataset.param = question.name;
  const input = h("input", { class: "input", id, type: "text", autocomplete: "off" });
  return h("div", { class: "combo", data: { lookup: question.url } }, hidden, input);
}

/** The bare control of a question. */
export function controlOf(question, id, onchange) {
  if (question.kind === "lookup") return lookupControl(question, id, onchange);
  let control;
  if (question.kind === "choice") {
    control = h("select", { class: "select", id, onchange }, (question.choices ?? []).map((choice) => h("option", { value: choice.value ?? "", selected: choice.value === question.value }, choice.label)));
  } else if (question.kind === "bool") {
    control = h("input", { type: "checkbox", id, checked: Boolean(question.value), onchange });
  } else if (question.kind === "long_text") {
    control = h("textarea", { class: "textarea", id, rows: 3, value: question.value ?? "", onchange });
  } else {
    control = h("input", { class: "input", id, type: INPUT_TYPES[question.kind] ?? "text", value: question.value ?? "", autocomplete: "off", onchange });
  }
  control.dataset.param = question.name;
  return control;
}

/** A question with its label and its hint. */
export function questionField(question, onchange) {
  const id = uniqueId("param");
  const control = controlOf(question, id, onchange);
  const hint = question.hint && h("p", { class: "help", id: `${id}-hint` }, question.hint);
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  const body = question.kind === "bool" ? h("label", { class: "check", for: id }, control, h("span", {}, question.label)) : [h("label", { for: id }, question.label), control, hint];
  return h("div", { class: "field" }, body);
}

export function answersIn(root) {
  const answers = {};
  for (const control of root.querySelectorAll("[data-param]")) {
    answers[control.dataset.param] = control.type === "checkbox" ? control.checked : control.value;
  }
  return answers;
}

/** Says at a control what is wrong with it, below it; without a reason it takes that back. */
export function sayWrong(control, reason = "") {
  const field = control.closest("[data-question], .field");
  const said = field.querySelector(".error");
  if (!reason) {
    said?.remove();
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-errormessage");
    control.classList.remove("bad");
    return;
  }
  const node = said ?? field.appendChild(h("p", { class: "error", id: uniqueId("wrong"), role: "alert" }));
  if (node.textContent !== reason) node.textContent = reason;
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-errormessage", node.id);
  control.classList.add("bad");
}
