/* Writing a paste: part after part into one change set, with progress; it can be stopped between two parts. */
import { postJson } from "../core/http.js";
import { t } from "../core/words.js";

const CELLS = 2_000;
const ROWS = 100;

function parts(list, size) {
  return Array.from({ length: Math.ceil(list.length / size) }, (_none, at) => list.slice(at * size, (at + 1) * size));
}

/** Makes the records that were asked for by name; answers what each name stands for now. */
export async function makeNames(sheet, run, wanted) {
  const made = new Map();
  for (const [column, texts] of wanted) {
    for (const some of parts(texts, 500)) {
      const answer = await postJson(sheet.config.urls.paste_names, { column, texts: some, change_set: run.changeSet });
      run.changeSet = answer.change_set ?? run.changeSet;
      for (const one of answer.made) made.set(`${column} ${one.text}`, one.id ? { text: one.id } : { reason: one.reason });
      run.made += answer.made.filter((one) => one.id).length;
    }
  }
  return made;
}

async function writeCells(sheet, run, list) {
  const { changes, states } = sheet;
  for (const { item, spec, typed } of list) states.set(item.id, spec.name, { kind: "saving", text: typed });
  changes.redraw(list);
  const body = list.map(({ item, spec, text }) => ({ id: item.id, column: spec.name, seen: changes.current(item, spec), text }));
  const answer = await postJson(sheet.config.urls.changes, { changes: body, creates: [], source: "paste", change_set: run.changeSet });
  run.changeSet = answer.change_set ?? run.changeSet;
  const results = new Map(answer.results.map((result) => [`${result.id} ${result.column}`, result]));
  for (const entry of list) {
    const result = results.get(`${entry.item.id} ${entry.spec.name}`);
    if (!result) continue;
    changes.settle({ ...entry, label: entry.typed }, result);
    if (result.status === "saved") run.saved += 1;
    else if (result.status === "conflict") run.conflicts += 1;
    else if (result.status === "refused") run.refused.push({ ...entry, reason: result.reason });
  }
  changes.redraw(list);
}

async function writeRows(sheet, run, list) {
  const creates = list.map(({ key, values }) => ({ key, values }));
  const answer = await postJson(sheet.config.urls.changes, { changes: [], creates, source: "paste", change_set: run.changeSet });
  run.changeSet = answer.change_set ?? run.changeSet;
  const results = new Map(answer.created.map((one) => [one.key, one]));
  for (const row of list) {
    const result = results.get(row.key);
    if (result?.status !== "created") {
      run.lost.push({ ...row, reason: (result?.refusals ?? []).map((one) => one.reason).join(" ") || result?.reason || t("Refused.") });
      continue;
    }
    run.created += 1;
    for (const { name, typed, reason } of row.bad) {
      sheet.states.set(result.id, name, { kind: "refused", text: typed, reason });
      run.refused.push({ item: { id: result.id }, spec: sheet.spec(name), typed, reason });
    }
  }
}

/** A cell that was not written keeps its text, red, with the reason. */
export function keepRed(sheet, run, list) {
  for (const { item, spec, typed, reason } of list) {
    sheet.states.set(item.id, spec.name, { kind: "refused", text: typed, reason });
    run.refused.push({ item, spec, typed, reason });
  }
  sheet.changes.redraw(list);
}

/** Writes everything; what a lost connection left unwritten stays red. `run.stopped` may become true meanwhile. */
export async function writePaste(sheet, run, { cells, rows }, onprogress) {
  const work = [...parts(cells, CELLS).map((list) => [writeCells, list]), ...parts(rows, ROWS).map((list) => [writeRows, list])];
  const total = cells.length + rows.length;
  let done = 0;
  for (const [write, list] of work) {
    if (run.stopped || run.error) {
      if (write === writeRows) run.lost.push(...list.map((row) => ({ ...row, reason: run.error?.message ?? t("Stopped before it was created.") })));
      else keepRed(sheet, run, list.map((entry) => ({ ...entry, reason: run.error?.message ?? t("Stopped before it was saved.") })));
      continue;
    }
    try {
      await write(sheet, run, list);
    } catch (error) {
      run.error = error;
      if (write === writeCells) keepRed(sheet, run, list.map((entry) => ({ ...entry, reason: error.message })));
      else run.lost.push(...list.map((row) => ({ ...row, reason: error.message })));
    }
    done += list.length;
    onprogress(done, total);
  }
}
