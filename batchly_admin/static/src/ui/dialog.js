/* Modal dialogs on the browser's own <dialog>: focus stays inside, Escape closes, focus goes back. */
import { button, h, icon, uniqueId } from "../core/dom.js";
import { getText } from "../core/http.js";
import { t } from "../core/words.js";

/** Opens a dialog; `footer` is a list of nodes. Answers {node, body, foot, close, setTitle}. */
export function openDialog({ title, body = [], footer = [], size = "", onclose = null }) {
  const id = uniqueId("dialog");
  const heading = h("h2", { id }, title);
  const close = () => node.close();
  const inner = h("div", { class: "body" }, body);
  const foot = h("footer", { hidden: !footer.length }, footer);
  const node = h(
    "dialog",
    { class: `dialog ${size}`, "aria-labelledby": id },
    h("header", {}, heading, h("button", { type: "button", class: "button ghost small square", "aria-label": t("Close"), onclick: close }, icon("close"))),
    inner,
    foot,
  );
  node.addEventListener("close", () => {
    node.remove();
    onclose?.();
  });
  node.addEventListener("mousedown", (event) => {
    if (event.target === node) close();
  });
  document.body.append(node);
  // What only holds words is scrolled by keys too.
  if (!inner.querySelector("a, button, input, select, textarea")) inner.tabIndex = 0;
  node.showModal();
  return { node, body: inner, foot, close, setTitle: (text) => { heading.textContent = text; } };
}

/** Asks yes or no. */
export function confirmDialog({ title = t("Are you sure?"), text, label = t("Yes, do it"), danger = false }) {
  return new Promise((resolve) => {
    let answer = false;
    const yes = button(label, { class: `button primary${danger ? " danger" : ""}` });
    const no = button(t("Cancel"));
    const dialog = openDialog({ title, size: text instanceof Node ? "" : "small", body: [text instanceof Node ? text : h("p", {}, text)], footer: [no, yes], onclose: () => resolve(answer) });
    no.addEventListener("click", dialog.close);
    yes.addEventListener("click", () => { answer = true; dialog.close(); });
    yes.focus();
  });
}

/** Shows a page part from the server in a dialog; its first element's data-title is the title. */
export async function openRemoteDialog(url, onready = null) {
  const dialog = openDialog({ title: t("Loading…"), size: "wide", body: [h("p", { class: "row" }, h("span", { class: "spinner" }), t("Loading…"))] });
  try {
    const parsed = new DOMParser().parseFromString(await getText(url), "text/html");
    const part = parsed.body.firstElementChild;
    dialog.setTitle(part?.dataset.title ?? t("Details"));
    dialog.body.replaceChildren(...parsed.body.childNodes);
    onready?.(dialog.body);
  } catch (error) {
    dialog.setTitle(t("Could not load"));
    dialog.body.replaceChildren(h("p", {}, error.message));
  }
}
