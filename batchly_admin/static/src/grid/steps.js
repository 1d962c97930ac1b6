/* Ctrl+Z and Ctrl+Y: the server knows this person's steps, so they outlive a reload and reach bulk runs and imports. */
import { announce } from "../core/announce.js";
import { postJson } from "../core/http.js";
import { t } from "../core/words.js";
import { undoWords, whatStayed } from "../ui/history.js";
import { openRunDialog } from "../ui/run_progress.js";
import { toast } from "../ui/toast.js";

const VERBS = { undo: t("Undone"), redo: t("Done again") };

/** What the server did, in a message with a way to the history or to what had to stay. */
function tell(answer, verb) {
  const kept = answer.conflicts ?? [];
  const sentence = answer.what.charAt(0).toUpperCase() + answer.what.slice(1);
  if (kept.length) {
    const { text } = undoWords(answer);
    const words = answer.undone ? `${sentence}: ${text}` : t("Not {verb}: {sentence}. {reason}", { verb: verb === "undo" ? t("undone") : t("done again"), sentence, reason: kept[0].reason });
    toast(words, { tone: "amber", stay: true, action: { label: t("Show what stayed"), run: () => whatStayed(answer) } });
    announce(words);
    return;
  }
  const text = `${VERBS[verb]}: ${sentence}.`;
  toast(text, { tone: "green", action: answer.href ? { label: t("History"), run: () => location.assign(answer.href) } : null });
  announce(text);
}

/** A person's steps on one grid. `before` passes over a step that could not be taken back. */
export class Steps {
  constructor(sheet) {
    this.sheet = sheet;
    this.before = null;
  }

  /** Something new was done: what was passed over may be tried again. */
  forget() {
    this.before = null;
  }

  undo() {
    return this.go("undo", { before: this.before });
  }

  redo() {
    return this.go("redo", {});
  }

  async go(verb, more) {
    const answer = await postJson(`/history/mine/${verb}`, { table: this.sheet.config.table, document: this.sheet.config.document ?? null, ...more });
    if (answer.kind === "nothing") {
      const words = verb === "undo" ? t("There is nothing of yours left to undo in this table.") : t("Nothing to redo.");
      toast(words);
      announce(words);
      return;
    }
    if (answer.kind === "change") this.before = verb === "undo" && !answer.undone ? answer.step : null;
    if (answer.run) {
      document.dispatchEvent(new CustomEvent("batchly:watch-runs"));
      openRunDialog(answer.run);
      return;
    }
    tell(answer, verb);
    await this.sheet.refresh();
  }
}
