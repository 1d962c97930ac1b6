/* Saving cells: every change carries the value that was seen, one request after the other, with undo and redo. */
import { announce } from "../core/announce.js";
import { plural } from "../core/format.js";
import { postJson } from "../core/http.js";
import { undoWords } from "../ui/history.js";
import { toast, toastError } from "../ui/toast.js";

const FLASH = 1400;
const STEPS = 100;

/** Sends changes {item, spec, text, label?} and keeps the cells' states true. */
export class Changes {
  constructor(sheet) {
    this.sheet = sheet;
    this.line = Promise.resolve();
    this.waiting = 0;
    this.done = [];
    this.undone = [];
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
    const { sheet } = this;
    const body = list.map(({ item, spec, text, seen }) => ({
      id: item.id,
      column: spec.name,
      seen: seen !== undefined ? seen : this.current(item, spec),
      text,
    }));
    let answer;
    try {
      answer = await postJson(sheet.config.urls.changes, { changes: body, creates: [], source });
    } catch (error) {
      for (const { item, spec, text } of list) sheet.states.set(item.id, spec.name, { kind: "refused", text, reason: error.message });
      this.redraw(list);
      throw error;
    }
    const results = new Map(answer.results.map((result) => [`${result.id} ${result.column}`, result]));
    const saved = [];
    for (const entry of list) {
      const result = results.get(`${entry.item.id} ${entry.spec.name}`);
      if (result) this.settle(entry, result, body.find((one) => one.id === entry.item.id && one.column === entry.spec.name).seen, saved);
    }
    if (answer.change_set && saved.length) this.push({ changeSet: answer.change_set, changes: saved });
    this.redraw(list);
    this.report(list, answer.results);
  }

  /** The value of the row as this page knows it now: an earlier batch may have changed it. */
  current(item, spec) {
    const loaded = this.sheet.store.find(item.id)?.item ?? item;
    return loaded.v[this.sheet.position(spec.name)];
  }

  settle({ item, spec, text, label }, result, seen, saved) {
    const { states, store } = this.sheet;
    const loaded = store.find(item.id)?.item ?? item;
    if (result.status === "saved" || result.status === "unchanged") {
      if (result.value !== undefined) loaded.v[this.sheet.position(spec.name)] = result.value;
      if (result.version !== undefined && result.version !== null) loaded.version = result.version;
      states.clear(item.id, spec.name);
      if (result.status === "saved") {
        saved.push({ item: loaded, spec, text, label, old: seen });
        this.flash(item.id, spec.name);
      }
    } else if (result.status === "conflict") {
      states.set(item.id, spec.name, { kind: "conflict", text: label ?? text, sent: text, current: result.current, by: result.by, at: result.at });
    } else {
      states.set(item.id, spec.name, { kind: "refused", text: label ?? text, reason: result.reason ?? "Refused." });
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
    const parts = [saved && `${plural(saved, "cell")} saved`, refused && `${refused} refused`, conflicts && `${conflicts} changed by somebody else`].filter(Boolean);
    if (!refused && !conflicts) {
      announce(parts.join(", ") || "Nothing changed");
      if (list.length > 1) toast(`${parts.join(", ") || "Nothing changed"}.`, { tone: "green", action: saved && this.sheet.config.can.undo !== false ? { label: "Undo", run: () => this.undo() } : null });
      return;
    }
    const first = results.find((result) => result.status === "refused");
    if (list.length === 1 && conflicts) this.sheet.openConflict(list[0].item.id, list[0].spec.name);
    else toast(`${parts.join(", ")}.${first ? ` ${first.reason}` : ""}`, { tone: refused ? "red" : "amber", stay: list.length > 1 });
    announce(`${parts.join(", ")}. ${first?.reason ?? ""}`);
  }

  push(step) {
    this.done.push(step);
    if (this.done.length > STEPS) this.done.shift();
    this.undone = [];
  }

  undo() {
    if (this.sheet.config.can.undo === false) {
      toast("Your role may not undo changes.", { tone: "amber" });
      return this.line;
    }
    return this.queue(async () => {
      const step = this.done.pop();
      if (!step) {
        announce("Nothing to undo");
        toast("Nothing to undo on this page.");
        return;
      }
      try {
        const answer = await postJson(`/history/${step.changeSet}/undo`);
        this.undone.push({ ...step, undoSet: answer.change_set ?? null });
        this.tellUndo(answer);
      } catch (error) {
        this.done.push(step);
        throw error;
      }
      await this.sheet.refresh();
    });
  }

  redo() {
    return this.queue(async () => {
      const step = this.undone.pop();
      if (!step) {
        announce("Nothing to redo");
        return;
      }
      const rest = this.undone;
      if (step.undoSet) {
        const answer = await postJson(`/history/${step.undoSet}/undo`);
        this.done.push({ ...step, changeSet: answer.change_set ?? step.changeSet });
        await this.sheet.refresh();
        toast("Done again.", { tone: "green" });
      } else {
        await this.send(step.changes.map((change) => ({ ...change, seen: change.old })), "cell");
      }
      this.undone = rest;
    });
  }

  tellUndo(answer) {
    const { text, tone } = undoWords(answer);
    toast(text, { tone });
    announce(text);
  }
}
