/* Short messages in the corner. Good news leaves by itself, bad news stays until closed. */
import { button, h, icon } from "../core/dom.js";
import { t } from "../core/words.js";

const GLYPHS = { green: "ok", red: "warn", amber: "warn", blue: "info" };
const TONES = { success: "green", error: "red", danger: "red", warning: "amber", info: "blue", message: "blue" };

/** Shows a message; `action` is {label, run}. */
export function toast(text, { tone = "blue", action = null, stay = tone === "red" } = {}) {
  const host = document.getElementById("toasts");
  const node = h("div", { class: `toast ${tone}` }, icon(GLYPHS[tone] ?? "info"), h("div", { class: "text grow" }, text));
  const close = () => node.remove();
  if (action) {
    node.append(button(action.label, { class: "button small", onclick: () => { close(); action.run(); } }));
  }
  node.append(h("button", { type: "button", class: "button ghost small square", "aria-label": t("Close"), onclick: close }, icon("close")));
  host.append(node);
  while (host.children.length > 5) host.firstChild.remove();
  if (!stay) {
    let timer = setTimeout(close, action ? 9000 : 5000);
    node.addEventListener("pointerenter", () => clearTimeout(timer));
    node.addEventListener("pointerleave", () => { timer = setTimeout(close, 2500); });
  }
  return close;
}

export function toastError(error) {
  if (error?.name !== "AbortError") toast(error?.message ?? String(error), { tone: "red" });
}

/** Turns the server's flashed messages into toasts. */
export function showFlashes() {
  for (const item of document.querySelectorAll("#flashes li")) {
    toast(item.textContent, { tone: TONES[item.dataset.tone] ?? "blue" });
  }
  document.getElementById("flashes")?.remove();
}
