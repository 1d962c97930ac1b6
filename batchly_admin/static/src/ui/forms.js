/* Forms: one submit per click, confirmation, leaving with unsaved changes, link fields, line tables. */
import { delegate } from "../core/dom.js";
import { t } from "../core/words.js";
import { Combo, lookupSource } from "./combo.js";
import { confirmDialog } from "./dialog.js";

const dirty = new WeakSet();
let leaving = false;

function submitOnce(form, submitter) {
  form.dataset.sent = "1";
  leaving = true;
  // A disabled submitter would not send its own name and value; so after the event.
  setTimeout(() => {
    for (const item of form.querySelectorAll('button[type="submit"]')) item.setAttribute("aria-disabled", "true");
    submitter?.setAttribute("aria-busy", "true");
  });
}

function startSubmits() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.dataset.confirm && !form.dataset.confirmed) {
      event.preventDefault();
      const submitter = event.submitter;
      const danger = submitter?.classList.contains("danger");
      const label = submitter?.textContent.trim() || t("Continue");
      if (await confirmDialog({ title: label, text: form.dataset.confirm, label, danger })) {
        form.dataset.confirmed = "1";
        form.requestSubmit(submitter ?? undefined);
      }
      return;
    }
    if (form.matches("[data-once]")) submitOnce(form, event.submitter);
  });
  // A page restored by the back button must be usable again.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    leaving = false;
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      delete form.dataset.confirmed;
      form.querySelectorAll("[aria-disabled]").forEach((item) => item.removeAttribute("aria-disabled"));
    }
  });
}

function startGuard() {
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-guard]")) dirty.add(form);
  });
  addEventListener("beforeunload", (event) => {
    const open = [...document.querySelectorAll("form[data-guard]")].some((form) => dirty.has(form));
    if (open && !leaving) event.preventDefault();
  });
}

/** Makes a `data-lookup` box search on the server; the hidden input before it carries the id. */
export function startLookup(box) {
  const input = box.querySelector('input[type="text"]');
  const hidden = box.querySelector('input[type="hidden"]');
  if (!input || input.dataset.ready) return;
  input.dataset.ready = "1";
  let label = input.value;
  const combo = new Combo(input, {
    source: lookupSource(box.dataset.lookup),
    delay: 150,
    onpick: (option) => {
      hidden.value = option.id;
      input.value = label = option.label;
      hidden.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  input.addEventListener("input", () => combo.search(input.value));
  input.addEventListener("focus", () => input.select());
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (combo.open) combo.move(event.key === "ArrowDown" ? 1 : -1);
      else combo.search("", { now: true });
    } else if (event.key === "Enter" && combo.open) {
      event.preventDefault();
      combo.pick();
    } else if (event.key === "Escape" && combo.open) {
      event.stopPropagation();
      combo.hide();
    }
  });
  input.addEventListener("blur", () => {
    combo.hide();
    if (!input.value.trim()) hidden.value = label = "";
    else input.value = label;
  });
}

function renumber(body, prefix) {
  [...body.rows].forEach((row, index) => {
    for (const item of row.querySelectorAll("[name], [id]")) {
      for (const attribute of ["name", "id", "aria-describedby", "aria-controls"]) {
        const text = item.getAttribute(attribute);
        if (text) item.setAttribute(attribute, text.replace(new RegExp(`^${prefix}-\\d+`), `${prefix}-${index}`));
      }
    }
  });
}

function startLines() {
  delegate("click", "[data-line-add]", (_event, trigger) => {
    const box = trigger.closest("[data-lines]");
    const body = box.querySelector("tbody");
    const row = body.lastElementChild?.cloneNode(true);
    if (!row) return;
    for (const item of row.querySelectorAll("input, select, textarea")) {
      if (item.type === "checkbox") item.checked = false;
      else item.value = "";
      delete item.dataset.ready;
    }
    row.querySelectorAll(".error").forEach((item) => item.remove());
    body.append(row);
    renumber(body, box.dataset.lines);
    row.querySelectorAll("[data-lookup]").forEach(startLookup);
    row.querySelector("input:not([type=hidden]), select")?.focus();
    if (trigger.closest("form")) dirty.add(trigger.closest("form"));
  });
  delegate("click", "[data-line-remove]", (_event, trigger) => {
    const box = trigger.closest("[data-lines]");
    const body = box.querySelector("tbody");
    if (body.rows.length > 1) trigger.closest("tr").remove();
    else trigger.closest("tr").querySelectorAll("input").forEach((item) => { item.value = ""; });
    renumber(body, box.dataset.lines);
    if (trigger.closest("form")) dirty.add(trigger.closest("form"));
  });
}

function startConflict() {
  delegate("click", "[data-take]", (_event, trigger) => {
    const name = trigger.dataset.take;
    const field = document.querySelector(`[data-field="${name}"]`);
    const box = field?.querySelector("[data-lookup]");
    const control = field?.querySelector(`[name="${name}"]`);
    if (!control) return;
    if (control.type === "checkbox") control.checked = trigger.dataset.value === "True" || trigger.dataset.value === "true";
    else control.value = trigger.dataset.value;
    if (box) box.querySelector('input[type="text"]').value = trigger.closest("tr").cells[2].textContent;
    trigger.textContent = t("Taken");
    trigger.disabled = true;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

export function startForms() {
  startSubmits();
  startGuard();
  startLines();
  startConflict();
  document.querySelectorAll("[data-lookup]").forEach(startLookup);
  const bad = document.querySelector("[data-focus-me]");
  (bad ?? document.querySelector(".field.bad input, .field.bad select"))?.focus();
}
