/* Saving lines: cells as everywhere, and rows below the last one that become new lines when they are complete. */
import { announce } from "../core/announce.js";
import { plural } from "../core/format.js";
import { postJson } from "../core/http.js";
import { t } from "../core/words.js";
import { toast } from "../ui/toast.js";
import { Changes } from "./changes.js";
import { keepRed } from "./paste_run.js";

export class LineChanges extends Changes {
  constructor(sheet) {
    super(sheet);
    // What was written into rows that are not lines yet: one list for each act, the latest last.
    this.typed = [];
  }

  commit(list, source = "cell") {
    const { place } = this.sheet.config;
    const moved = list.length === 1 && list[0].spec.name === place ? list[0] : null;
    if (moved?.item.fresh) this.sheet.refuse(t("A new line comes at the end; move it once it is saved."));
    if (moved) return moved.item.fresh ? this.line : this.move(moved.item.id, moved.text);
    // Lines keep their order, whatever numbers a pasted block holds.
    const cells = list.filter(({ spec }) => spec.name !== place);
    const old = cells.filter(({ item }) => !item.fresh);
    const fresh = cells.filter(({ item }) => item.fresh);
    this.writeAll(fresh);
    if (source === "cell" && !old.length) return fresh.some(({ item }) => this.complete(item)) ? this.addLines() : this.line;
    return this.save(old, source);
  }

  // Rows that are not lines yet

  writeAll(entries) {
    if (!entries.length) return;
    const keep = ({ item, spec }) => ({ item, spec, text: item.texts[spec.name], label: item.shown[spec.name] });
    this.typed.push(entries.map(keep));
    for (const entry of entries) this.write(entry);
    this.sheet.store.spare();
    this.redraw(entries);
  }

  write({ item, spec, text, label, reason }) {
    const { states } = this.sheet;
    delete item.red[spec.name];
    if (text === "" || text === null || text === undefined) {
      delete item.texts[spec.name];
      delete item.shown[spec.name];
      states.clear(item.id, spec.name);
      return;
    }
    item.texts[spec.name] = text;
    item.shown[spec.name] = label ?? text;
    if (reason) item.red[spec.name] = reason;
    states.set(item.id, spec.name, reason ? { kind: "refused", text, reason } : { kind: "draft", text: label ?? text });
  }

  complete(item) {
    return this.sheet.config.columns.every((column) => !column.required || column.name === this.sheet.config.place || item.texts[column.name]);
  }

  /** The rows that are written and not saved yet. */
  drafts() {
    return this.sheet.store.fresh.filter((item) => !item.done && Object.keys(item.texts).length);
  }

  /** Takes back what was written last into rows that are not lines yet; answers whether there was such a thing. */
  untype() {
    for (let last = this.typed.pop(); last; last = this.typed.pop()) {
      const open = last.filter(({ item, spec, text }) => !item.done && item.texts[spec.name] !== text);
      if (!open.length) continue;
      for (const entry of open) this.write(entry);
      this.redraw(open);
      return true;
    }
    return false;
  }

  undo() {
    if (this.untype()) {
      announce(t("Undone"));
      return this.line;
    }
    return super.undo();
  }

  // Saving

  /** Sends the written rows; those the server refuses stay, with the reason in their cells. */
  addLines() {
    return this.save([], "cell");
  }

  /** Cells of lines and all written rows: one request, one change set. */
  save(cells, source) {
    for (const { item, spec, text, label } of cells) this.sheet.states.set(item.id, spec.name, { kind: "saving", text: label ?? text });
    this.redraw(cells);
    return this.queue(async () => {
      const { answer, added, kept } = await this.sendAll({ cells, source });
      if (cells.length) this.report(cells, answer.results);
      this.tell(added, kept);
    });
  }

  /** What a paste means for lines, in its change set; `run` collects what became of it. */
  pasteLines(cells, red, run) {
    const { place } = this.sheet.config;
    const mine = (entry) => entry.spec.name !== place;
    keepRed(this.sheet, run, red.filter((entry) => mine(entry) && !entry.item.fresh));
    const good = cells.filter(mine);
    this.writeAll([
      ...good.map((entry) => ({ ...entry, label: entry.typed })),
      ...red.filter((entry) => mine(entry) && entry.spec.editable).map((entry) => ({ ...entry, text: entry.typed })),
    ].filter(({ item }) => item.fresh));
    const old = good.filter(({ item }) => !item.fresh).map((entry) => ({ ...entry, label: entry.typed }));
    return this.queue(async () => {
      const { answer, added, kept, red: left } = await this.sendAll({ cells: old, source: "paste", changeSet: run.changeSet });
      const count = (status) => answer.results.filter((result) => result.status === status).length;
      run.changeSet = answer.change_set ?? run.changeSet;
      run.saved = count("saved");
      run.conflicts = count("conflict");
      run.created = added;
      old.forEach((entry, at) => { if (answer.results[at]?.status === "refused") run.refused.push({ ...entry, reason: answer.results[at].reason }); });
      run.refused.push(...left, ...kept);
    });
  }

  /** The one request. Answers the server's words, how many rows became lines, and the cells that keep the others back. */
  async sendAll({ cells, source, changeSet = null }) {
    const drafts = this.drafts();
    const none = { answer: { results: [] }, added: 0, kept: [], red: [] };
    if (!drafts.length && !cells.length) return none;
    const values = ({ texts, red }) => Object.fromEntries(Object.entries(texts).filter(([name]) => !(name in red)));
    const creates = drafts.map((item) => ({ key: item.id, values: values(item) }));
    let answer;
    try {
      answer = await this.post({ changes: this.bodies(cells), creates, source, change_set: changeSet });
    } catch (error) {
      this.failed(cells, error);
      throw error;
    }
    this.take(cells, answer);
    const [kept, red] = [[], []];
    for (const one of answer.created) {
      const item = drafts.find((draft) => draft.id === one.key);
      if (one.status === "created") red.push(...this.becomes(item, one.id));
      else kept.push(...this.keepsBack(item, one));
    }
    await this.reload();
    this.catchUp(drafts, creates, answer.created);
    return { answer, added: answer.created.filter((one) => one.status === "created").length, kept, red };
  }

  /** A row is a line now. A cell that could not be read goes with it, red. */
  becomes(item, id) {
    const { states } = this.sheet;
    for (const { name } of this.sheet.config.columns) states.clear(item.id, name);
    item.done = true;
    return Object.entries(item.red).map(([name, reason]) => {
      const typed = item.texts[name];
      states.set(id, name, { kind: "refused", text: typed, reason });
      return { item: { id }, spec: this.sheet.spec(name), typed, reason };
    });
  }

  /** What was typed into a row while it became a line is written into the line. */
  catchUp(drafts, creates, created) {
    const later = created.filter((one) => one.status === "created").flatMap(({ key, id }) => {
      const item = drafts.find((draft) => draft.id === key);
      const sent = creates.find((one) => one.key === key).values;
      const line = this.sheet.store.find(id)?.item;
      const names = line ? Object.keys({ ...sent, ...item.texts }).filter((name) => !(name in item.red) && item.texts[name] !== sent[name]) : [];
      return names.map((name) => ({ item: line, spec: this.sheet.spec(name), text: item.texts[name] ?? "", label: item.shown[name] }));
    });
    if (later.length) this.commit(later);
  }

  /** A row the server refused: the reason at its cell. */
  keepsBack(item, { reason, refusals = [] }) {
    const { states } = this.sheet;
    const said = refusals.length ? [...refusals] : [{ column: Object.keys(item.texts)[0], reason }];
    for (const [name, text] of Object.entries(item.texts)) if (!(name in item.red)) states.set(item.id, name, { kind: "draft", text: item.shown[name] ?? text });
    const cells = new Map([...said.map((one) => [one.column, one.reason]), ...Object.entries(item.red)]);
    return [...cells].filter(([name]) => this.sheet.spec(name)).map(([name, why]) => {
      const typed = item.shown[name] ?? "";
      states.set(item.id, name, { kind: "refused", text: typed, reason: why });
      return { item, spec: this.sheet.spec(name), typed, reason: why };
    });
  }

  tell(added, kept) {
    const refused = new Set(kept.map(({ item }) => item.id)).size;
    if (!added && !refused) return;
    const words = [added && t("{lines} added", { lines: plural(added, "line") }), refused && t("{lines} not added", { lines: plural(refused, "line") })].filter(Boolean).join(", ");
    announce(words);
    if (added > 1 || refused) toast(`${words}.${refused ? ` ${kept[0].reason}` : ""}`, { tone: refused ? "amber" : "green", stay: false });
  }

  /** Puts a line at a place; the server numbers all lines anew. */
  move(id, place) {
    return this.queue(async () => {
      const answer = await this.post({ move: { id, to: String(place).trim() } });
      if (answer.change_set) this.steps.forget();
      await this.reload();
      announce(t("Line moved to place {place}", { place }));
    });
  }

  deleteLines(ids) {
    return this.queue(async () => {
      const answer = await this.post({ deletes: ids });
      const gone = answer.deleted.filter((one) => one.status === "deleted").length;
      const kept = answer.deleted.find((one) => one.status === "refused");
      if (answer.change_set) this.steps.forget();
      await this.reload();
      const action = gone && this.sheet.config.can.undo ? { label: t("Undo"), run: () => super.undo() } : null;
      toast(kept ? t("{lines} deleted. {reason}", { lines: plural(gone, "line"), reason: kept.reason }) : t("{lines} deleted.", { lines: plural(gone, "line") }), { tone: kept ? "amber" : "green", action });
    });
  }

  post(body) {
    return postJson(this.sheet.config.urls.changes, { changes: [], creates: [], source: "cell", ...body });
  }

  /** The lines and what the document comes to, as the server has them now. */
  async reload() {
    await this.sheet.store.reset();
    this.sheet.redrawIds([...this.sheet.store.saved, ...this.sheet.store.fresh].map((item) => item.id));
    this.sheet.root.dataset.problems = String(this.sheet.states.open());
  }
}
