/* The dialog that follows one bulk run: progress, result per row, retry only the failed, undo. */
import { button, h } from "../core/dom.js";
import { getJson, postJson } from "../core/http.js";
import { t } from "../core/words.js";
import { confirmDialog, openDialog } from "./dialog.js";
import { startAction } from "./run_dialog.js";
import { toast, toastError } from "./toast.js";

const POLL = 700;
const SHOWN = 200;

function runUrl(id) {
  return `${document.body.dataset.runs || "/runs/"}${id}`;
}

function tell(run) {
  document.dispatchEvent(new CustomEvent("batchly:run", { detail: run }));
}

function stateBadge(run) {
  const [tone, words] =
    run.state === "queued" ? ["neutral", t("Waiting")] : run.state === "running" ? ["blue", t("Running")] : run.failed ? ["amber", t("Finished with failures")] : ["green", t("Finished")];
  return h("span", { class: `badge ${tone}` }, h("span", {}, words));
}

function resultList(run) {
  const results = [...(run.results ?? [])].sort((a, b) => Number(a.ok) - Number(b.ok));
  if (!results.length) return null;
  const rows = results.slice(0, SHOWN).map((item) =>
    h("li", { class: "row" }, h("span", { class: `dot ${item.ok ? "green" : "red"}` }), h("b", { class: "nowrap" }, item.label), h("span", { class: item.ok ? "muted" : "" }, item.message || (item.ok ? t("done") : t("failed")))),
  );
  const rest = results.length - rows.length;
  return h("div", { class: "stack" }, h("ul", { class: "lines", tabIndex: 0, "aria-label": t("Result of each row") }, rows), rest > 0 && h("p", { class: "muted small" }, t("and {rest} more", { rest })));
}

/** Sends retry or undo and follows the new run in the same dialog. */
async function follow(offer, id, view) {
  try {
    const { run } = await postJson(offer.url);
    document.dispatchEvent(new CustomEvent("batchly:watch-runs"));
    view.watch(run);
  } catch (error) {
    toastError(error);
    view.watch(id);
  }
}

/** What can be done about a run, as the server offers it to this person. */
function offerButton(offer, run, view) {
  const onclick = async (event) => {
    const trigger = event.currentTarget;
    if (!offer.url) {
      view.close();
      startOffer(offer);
      return;
    }
    if (offer.confirm && !(await confirmDialog({ title: offer.label, text: offer.confirm, label: offer.label }))) return;
    trigger.disabled = true;
    follow(offer, run.run, view);
  };
  return button(offer.label, { class: offer.primary ? "button primary" : "button", onclick }, offer.icon);
}

/** Shows the preview of what takes back the documents of a run. */
export function startOffer({ action, label, selection }) {
  startAction({ url: action, label, selection });
}

/** Opens the dialog for a run object or its id. It may be closed; the run goes on. */
export function openRunDialog(run) {
  const id = typeof run === "string" ? run : run.run;
  let timer = 0;
  let open = true;
  const dialog = openDialog({
    title: run.label ?? t("Bulk run"),
    body: [h("p", { class: "row" }, h("span", { class: "spinner" }), t("Starting…"))],
    onclose: () => { open = false; clearTimeout(timer); },
  });
  const view = { watch, close: () => dialog.close() };

  function draw(now) {
    dialog.setTitle(now.label);
    dialog.node.dataset.state = now.state;
    dialog.body.replaceChildren(
      h("div", { class: "stack" },
        h("div", { class: "row" }, stateBadge(now), h("span", { class: "muted grow" }, t("{done} of {total}", { done: now.done, total: now.total })), h("a", { class: "small", href: runUrl(now.run) }, t("Open as a page"))),
        h("progress", { class: `progress ${now.state === "finished" ? (now.failed ? "amber" : "green") : ""}`, max: Math.max(now.total, 1), value: now.done, "aria-label": now.label }),
        h("dl", { class: "tally-row" }, h("div", {}, h("dt", {}, t("OK")), h("dd", { class: "tone-green" }, String(now.ok))), h("div", {}, h("dt", {}, t("Failed")), h("dd", { class: now.failed ? "tone-red" : "" }, String(now.failed)))),
        now.state !== "finished" && h("p", { class: "muted" }, t("You can close this. The run goes on and stays in the tray at the top.")),
        resultList(now),
      ),
    );
    const close = button(now.state === "finished" ? t("Close") : t("Run in the background"), { onclick: dialog.close });
    const offers = (primary) => now.offers.filter((offer) => offer.primary === primary).map((offer) => offerButton(offer, now, view));
    dialog.foot.replaceChildren(...offers(false), close, ...offers(true));
    dialog.foot.hidden = false;
  }

  async function watch(current) {
    clearTimeout(timer);
    try {
      const now = await getJson(runUrl(current));
      tell(now);
      if (!open) return;
      draw(now);
      if (now.state === "finished") return;
    } catch (error) {
      if (error.status === 404) {
        toast(t("This run is not known any more."), { tone: "amber" });
        dialog.close();
        return;
      }
    }
    if (open) timer = setTimeout(() => watch(current), POLL);
  }

  watch(id);
  return dialog;
}
