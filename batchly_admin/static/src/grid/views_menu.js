/* The menu of views: open one, save for me or for everyone, reset, pin, rename, delete, copy a link. */
import { button, h, uniqueId } from "../core/dom.js";
import { postJson } from "../core/http.js";
import { t } from "../core/words.js";
import { confirmDialog, openDialog } from "../ui/dialog.js";
import { openMenu } from "../ui/popover.js";
import { toast, toastError } from "../ui/toast.js";
import { openColours } from "./colours_dialog.js";

async function send(views, verb, body, said) {
  try {
    const { view } = await postJson(`${views.url}/${views.active.id}/${verb}`, body);
    localStorage.removeItem(views.sheet.layout.key);
    if (view) views.take(view);
    if (said) toast(said, { tone: "green" });
    return view;
  } catch (error) {
    toastError(error);
    return null;
  }
}

async function reset(views) {
  const view = await send(views, "reset", {}, t("Back to the shared view."));
  if (view) views.open(view);
}

async function remove(views) {
  const { active } = views;
  const text = active.shared ? t("“{name}” goes away for everyone.", { name: active.name }) : t("“{name}” goes away.", { name: active.name });
  if (!(await confirmDialog({ title: t("Delete this view?"), text: t("{text} The rows stay.", { text }), label: t("Delete view"), danger: true }))) return;
  try {
    await postJson(`${views.url}/${active.id}/delete`);
    localStorage.removeItem(views.sheet.layout.key);
    views.list = views.list.filter((view) => view.id !== active.id);
    views.open(null);
  } catch (error) {
    toastError(error);
  }
}

/** The dialog for a new view, or for the settings of the open one. */
function settings(views, view) {
  const id = uniqueId("view");
  const name = h("input", { class: "input", id, maxLength: 80, value: view?.name ?? "", required: true, autocomplete: "off" });
  const shared = h("input", { type: "checkbox", checked: view?.shared ?? false, disabled: !views.can.share || Boolean(view?.shared) });
  const pinned = h("input", { type: "checkbox", checked: view?.pinned ?? true });
  const problem = h("p", { class: "tone-red small", role: "alert" });
  const save = button(t("Save"), { class: "button primary" });
  const form = h("form", { class: "stack" }, h("label", { for: id }, t("Name")), name, h("label", { class: "check" }, shared, h("span", {}, t("Share with everyone"))), h("label", { class: "check" }, pinned, h("span", {}, t("Show as a tab"))), problem);
  const dialog = openDialog({ title: view ? t("View settings") : t("Save as a new view"), size: "small", body: [form], footer: [button(t("Cancel"), { onclick: () => dialog.close() }), save] });
  const submit = async (event) => {
    event?.preventDefault();
    const body = { name: name.value, shared: shared.checked, pinned: pinned.checked };
    save.disabled = true;
    try {
      const url = view ? `${views.url}/${view.id}/settings` : views.url;
      const answer = await postJson(url, view ? body : { ...body, state: views.state() });
      dialog.close();
      views.take(answer.view);
    } catch (error) {
      problem.textContent = error.message;
      save.disabled = false;
      name.focus();
    }
  };
  form.addEventListener("submit", submit);
  save.addEventListener("click", submit);
  name.focus();
}

async function copyLink(views) {
  const link = views.link();
  try {
    await navigator.clipboard.writeText(link);
    toast(t("Link copied. It shows another person exactly this."), { tone: "green" });
  } catch {
    const box = h("input", { class: "input", value: link, readOnly: true, "aria-label": t("Link") });
    openDialog({ title: t("Copy this link"), body: [box] });
    box.select();
  }
}

function discard(views) {
  views.sheet.layout.reset();
  views.open(views.active);
}

function activeEntries(views) {
  const { active, can, changed } = views;
  if (!active) return [];
  const everyone = active.shared && active.may_change;
  const state = () => views.state();
  return [
    changed && { label: active.shared ? t("Save for me") : t("Save"), icon: "check", run: () => send(views, "mine", { state: state() }, t("Saved for you.")) },
    (changed || active.layered) && everyone && { label: t("Save for everyone"), icon: "users", run: () => send(views, "everyone", { state: state(), version: active.version }, t("Saved for everyone.")) },
    changed && { label: t("Discard changes"), icon: "undo", run: () => discard(views) },
    active.layered && { label: t("Reset to the shared view"), icon: "undo", run: () => reset(views) },
    { label: active.pinned ? t("Remove the tab") : t("Show as a tab"), icon: "pin", run: () => send(views, "pin", { pinned: !active.pinned }) },
    (active.shared ? active.may_change : can.save) && { label: t("Settings…"), icon: "settings", run: () => settings(views, active) },
    active.may_change && { label: t("Delete view…"), icon: "trash", danger: true, run: () => remove(views) },
    null,
  ];
}

export function openViewsMenu(views, anchor) {
  const entries = [
    ...activeEntries(views),
    views.can.save && { label: t("Save as a new view…"), icon: "plus", run: () => settings(views, null) },
    { label: t("Colors…"), icon: "edit", run: () => openColours(views.sheet) },
    { label: t("Copy a link to this"), icon: "copy", run: () => copyLink(views) },
    views.list.length > 0 && null,
    ...views.list.map((view) => ({ label: view.name, detail: view.problem ? t("not for your role") : view.shared ? t("shared") : t("mine"), disabled: !view.state, run: () => views.open(view) })),
  ];
  openMenu(entries.filter((entry) => entry !== false && entry !== undefined && entry !== ""), anchor, t("Views"), views.active && h("span", {}, views.active.name, views.active.layered && h("span", { class: "muted" }, " " + t("· with your changes"))));
}
