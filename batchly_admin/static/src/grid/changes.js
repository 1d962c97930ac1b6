/* Saving cells: every change carries the value that was seen, one request after the other, with undo and redo. */
import { announce } from "../core/announce.js";
import { plural } from "../core/format.js";
import { postJson } from "../core/http.js";
import { t } from "../core/words.js";
import { toast, toastError } from "../ui/toast.js";
import { Steps } from "./steps.js";

const FLASH = 1400;

/** Sends changes {item, spec, text, label?} and keeps the cells' states true. */
export class Changes {
  constructor(sheet) {
    this.sheet = sheet;
    this.line = Promise.resolve();
    this.waiting = 0;
    this.steps = new Steps(sheet);
    this.onsaved = null;
    addEventListener("beforeunload", (event) => {
      if (this.waiting) event.preventDefault();
    });
  }

  /** Queues a batch; it becomes one request, one change set, one undo step. */
  commit(list, source = "cell") {
    const { states } = this.sheet;
    for (const { item, spec, text, label } of list) states.set(item.id, spec.name, { kind: "saving", text: label ?? text });
    this.redraw(list);
    return this.queue(() => this.send(list, source));
  }

  queue(work) {
    this.waiting += 1;
    this.line = this.line.then(work).catch(toastError).finally(() => {
      this.waiting -= 1;
    });
    return this.line;
  }

  async send(list, source) {
    let answer;
    try {
      answer = await postJson(this.sheet.config.urls.changes, { changes: this.bodies(list), creates: [], source });
    } catch (error) {
      this.failed(list, error);
      throw error;
    }
    this.take(list, answer);
    this.report(list, answer.results);
  }

  /** The cells as the server reads them, each with the value that was seen. */
  bodies(list) {
    return list.map(({ item, spec, text, seen }) => ({
      id: item.id,
      column: spec.name,
      seen: seen !== undefined ? seen : this.current(item, spec),
      text,
    }));
  }

  failed(list, error) {
    for (const { item, spec, text } of list) this.sheet.states.set(item.id, spec.name, { kind: "refused", text, reason: error.message });
    this.redraw(list);
  }

  /** Brings the cells up to date with the server's answer. */
  take(list, answer) {
    const results = new Map(answer.results.map((result) => [`${result.id} ${result.column}`, result]));
    for (const entry of list) {
      const result = results.get(`${entry.item.id} ${entry.spec.name}`);
      if (result) this.settle(entry, result);
    }
    if (answer.change_set) this.steps.forget();
    this.redraw(list);
  }

  /** The value of the row as this page knows it now: an earlier batch may have changed it. */
  current(item, spec) {
    const loaded = this.sheet.store.find(item.id)?.item ?? item;
    return loaded.v[this.sheet.position(spec.name)];
  }

  settle({ item, spec, text, label }, result) {
    const { states, store } = this.sheet;
    const loaded = store.find(item.id)?.item ?? item;
    if (result.status === "saved" || result.status === "unchanged") {
      if (result.value !== undefined) loaded.v[this.sheet.position(spec.name)] = result.value;
      if (result.version !== undefined && result.version !== null) loaded.version = result.version;
      states.clear(item.id, spec.name);
      if (result.status === "saved") {
        this.sheet.staying?.touch(loaded, spec.name);
        this.flash(item.id, spec.name);
      }
    } else if (result.status === "conflict") {
      states.set(item.id, spec.name, { kind: "conflict", text: label ?? text, sent: text, current: result.current, by: result.by, at: result.at });
    } else {
      states.set(item.id, spec.name, { kind: "refused", text: label ?? text, reason: result.reason ?? t("Refused.") });
    }
  }

  flash(id, column) {
    this.sheet.states.set(id, column, { kind: "saved" });
    setTimeout(() => {
      if (this.sheet.states.get(id, column)?.kind === "saved") {
        this.sheet.states.clear(id, column);
        // The class only plays an animation that is over; the next drawing of the row leaves it out.
      }
    }, FLASH);
  }

  redraw(list) {
    this.sheet.redrawIds(list.map(({ item }) => item.id));
    this.sheet.root.dataset.problems = String(this.sheet.states.open());
  }

  report(list, results) {
    const count = (status) => results.filter((result) => result.status === status).length;
    const [refused, conflicts, saved] = [count("refused"), count("conflict"), count("saved")];
    if (saved) this.onsaved?.();
    const parts = [saved && t("{cells} saved", { cells: plural(saved, "cell") }), refused && t("{refused} refused", { refused }), conflicts && t("{conflicts} changed by somebody else", { conflicts })].filter(Boolean);
    if (!refused && !conflicts) {
      announce(parts.join(", ") || t("Nothing changed"));
      if (list.length > 1) toast(`${parts.join(", ") || t("Nothing changed")}.`, { tone: "green", action: saved && this.sheet.config.can.undo !== false ? { label: t("Undo"), run: () => this.undo() } : null });
      return;
    }
    const first = results.find((result) => result.status === "refused");
    if (list.length === 1 && conflicts) this.sheet.openConflict(list[0].item.id, list[0].spec.name);
    else toast(`${parts.join(", ")}.${first ? ` ${first.reason}` : ""}`, { tone: refused ? "red" : "amber", stay: list.length > 1 });
    announce(`${parts.join(", ")}. ${first?.reason ?? ""}`);
  }

  /** Whether the person may take steps back and do them again; says why not. */
  maySteps() {
    const { can, look_only: words } = this.sheet.config;
    if (can.undo === false) this.sheet.refuse((!can.edit && words) || t("Your role may not undo changes."));
    return can.undo !== false;
  }

  undo() {
    return this.maySteps() ? this.queue(() => this.steps.undo()) : this.line;
  }

  redo() {
    return this.maySteps() ? this.queue(() => this.steps.redo()) : this.line;
  }
}
