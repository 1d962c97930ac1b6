/* Smart paste from the clipboard to the change set: plan, ask what is open, write, tell what stayed red. */
import { announce } from "../core/announce.js";
import { plural } from "../core/format.js";
import { postJson } from "../core/http.js";
import { t } from "../core/words.js";
import { toast } from "../ui/toast.js";
import { askPaste, showProgress } from "./paste_dialog.js";
import { meanings, planPaste, textsOf } from "./paste_plan.js";
import { showResult } from "./paste_result.js";
import { keepRed, makeNames, writePaste } from "./paste_run.js";

const MOST_CELLS = 100_000;
const QUIET_CELLS = 4_000;

function mustAsk(plan, look, always) {
  const open = look.questions.some((one) => always || !one.remembered);
  return always || open || look.names.length > 0 || plan.fresh.length > 0;
}

/** Sorts what the texts mean into what is written and what stays red. */
function settle(plan, meaning, fresh) {
  const [cells, red] = [[], [...plan.barred]];
  for (const entry of plan.cells) {
    const { text, reason } = meaning(entry.spec.name, entry.typed);
    if (reason === undefined) cells.push({ ...entry, text });
    else red.push({ ...entry, reason });
  }
  const rows = !fresh ? [] : plan.fresh.map(({ key, texts }) => {
    const [values, bad] = [{}, []];
    for (const [name, typed] of Object.entries(texts)) {
      const { text, reason } = meaning(name, typed);
      if (reason === undefined) values[name] = text;
      else bad.push({ name, typed, reason });
    }
    return { key, texts, values, bad };
  });
  return { cells, red, rows };
}

async function decide(sheet, plan, look, asked, block, always) {
  if (!mustAsk(plan, look, always)) return { look, said: { chosen: new Map(), create: new Map(), fresh: false } };
  const said = await askPaste(sheet, plan, look);
  if (!said || !Object.keys(said.answers).length) return said && { look, said };
  return { look: await postJson(sheet.config.urls.paste, { columns: asked, answers: said.answers, plain: block.own }), said };
}

/** Lines inside a document know how new lines are made: they get the texts as they are to be read. */
async function hand(sheet, { cells, red }, run) {
  await sheet.changes.pasteLines(cells, red, run);
  showResult(sheet, run);
}

async function write(sheet, work, run) {
  const total = work.cells.length + work.rows.length;
  const progress = total > QUIET_CELLS ? showProgress(() => { run.stopped = true; }) : null;
  await sheet.changes.queue(() => writePaste(sheet, run, work, (at) => progress?.tell(at, total)));
  progress?.close();
  keepRed(sheet, run, work.red);
  if (run.changeSet) {
    sheet.changes.steps.forget();
    sheet.changes.onsaved?.();
  }
  if (run.created || run.made) await sheet.refresh();
  showResult(sheet, run);
}

/** Pastes what was read from the clipboard; `always` shows the dialog even where nothing is open. */
export async function pasteBlock(sheet, block, boxes, always) {
  const { rows, boxes: at } = sheet.shapePaste?.(block.rows, boxes) ?? { rows: block.rows, boxes };
  const plan = await planPaste(sheet, rows, at);
  if (plan.cells.length + plan.fresh.length * plan.width > MOST_CELLS) {
    toast(t("That is more than {cells}. Use the import for whole files.", { cells: plural(MOST_CELLS, "cell") }), { tone: "amber" });
    return;
  }
  if (plan.box.bottom >= plan.box.top) sheet.selectBox(plan.box);
  const asked = textsOf(plan);
  const first = await postJson(sheet.config.urls.paste, { columns: asked, plain: block.own });
  const found = await decide(sheet, plan, first, asked, block, always);
  if (!found) {
    announce(t("Nothing was pasted"));
    return;
  }
  const run = { changeSet: null, saved: 0, created: 0, made: 0, conflicts: 0, refused: [], lost: [], stopped: false, error: null, remembered: first.questions.filter((one) => one.remembered && !found.said.answers) };
  const { chosen, create, fresh } = found.said;
  const made = create.size ? await makeNames(sheet, run, create) : new Map();
  const work = settle(plan, meanings(asked, found.look, new Map([...chosen, ...made])), fresh);
  if (sheet.changes.pasteLines) await hand(sheet, work, run);
  else await write(sheet, work, run);
}
