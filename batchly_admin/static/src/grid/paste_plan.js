/* Where a pasted block lands: cells of rows that are there, new rows below the last one, what is left out. */
import { t } from "../core/words.js";
import { allLoaded, cellText, rowsOf, specAt } from "./blocks.js";

/** The cells a block covers: a multiple of it is filled with repeats, else it starts at the top left corner. */
function landing(sheet, box, height, width) {
  const [rows, cells] = [box.bottom - box.top + 1, box.right - box.left + 1];
  const repeat = rows % height === 0 && cells % width === 0;
  const last = sheet.grid.getColumns().length - 1;
  const bottom = repeat ? box.bottom : box.top + height - 1;
  const right = repeat ? box.right : box.left + width - 1;
  return { top: box.top, left: box.left, bottom: Math.min(bottom, sheet.store.getLength() - 1), right: Math.min(right, last), over: right - last, wanted: bottom };
}

/** What the filter insists on is filled in, so that new rows show where they were pasted. */
function prefill(sheet) {
  const found = {};
  const filters = Array.isArray(sheet.query.filters) ? sheet.query.filters : [];
  for (const { column, operator, value } of filters) {
    const spec = operator === "is" && column && typeof value !== "object" ? sheet.spec(column) : null;
    if (spec?.editable || spec?.once) found[column] = typeof value === "boolean" ? (value ? "Yes" : "No") : String(value);
  }
  return found;
}

async function itemsOf(sheet, { top, bottom }) {
  if (!allLoaded(sheet, top, bottom)) return rowsOf(sheet, top, bottom);
  return Array.from({ length: bottom - top + 1 }, (_none, index) => sheet.store.getItem(top + index));
}

/** Cells that are there: those to write, and those that never can be, unless they hold the text already. */
async function addCells(sheet, plan, box, rows) {
  const [height, width] = [rows.length, plan.width];
  const items = await itemsOf(sheet, box);
  items.forEach((item, index) => {
    if (!item?.id || !item.v) return;
    for (let cell = box.left; cell <= box.right; cell += 1) {
      const [spec, text] = [specAt(sheet, cell), rows[index % height][(cell - box.left) % width]];
      if (!spec || text === undefined) continue;
      const reason = sheet.whyNot(item, spec);
      if (!reason) plan.cells.push({ item, spec, typed: text });
      else if (text.trim() !== cellText(sheet, item, cell).trim()) plan.barred.push({ item, spec, typed: text, reason });
    }
  });
}

function addRows(sheet, plan, box, rows) {
  const base = prefill(sheet);
  for (let row = Math.max(box.top, sheet.store.getLength()); row <= box.wanted; row += 1) {
    const texts = { ...base };
    for (let cell = box.left; cell <= box.right; cell += 1) {
      const [spec, text] = [specAt(sheet, cell), rows[(row - box.top) % rows.length][(cell - box.left) % plan.width]];
      if ((spec?.editable || spec?.once) && text?.trim()) texts[spec.name] = text;
    }
    if (Object.keys(texts).length > Object.keys(base).length) plan.fresh.push({ key: `new-${row}`, texts });
  }
}

/** {cells, barred, fresh, over}: what the block would do to the marked boxes. */
export async function planPaste(sheet, rows, boxes) {
  if (!sheet.store.counted) await sheet.store.count?.();
  // Lines inside a document have made room for themselves.
  const grows = !sheet.changes.pasteLines;
  const plan = { cells: [], barred: [], fresh: [], over: 0, width: Math.max(...rows.map((row) => row.length)) };
  const targets = rows.length === 1 && plan.width === 1 ? boxes : boxes.slice(-1);
  for (const target of targets) {
    const box = landing(sheet, target, rows.length, plan.width);
    plan.over = Math.max(plan.over, box.over);
    plan.box = box;
    await addCells(sheet, plan, box, rows);
    if (grows && box.wanted >= sheet.store.getLength()) addRows(sheet, plan, box, rows);
  }
  return plan;
}

/** The different texts of each column, as the server is asked about them. */
export function textsOf(plan) {
  const found = new Map();
  const add = (name, text) => {
    if (!found.has(name)) found.set(name, new Set());
    found.get(name).add(text);
  };
  for (const { spec, typed } of plan.cells) add(spec.name, typed);
  for (const { texts } of plan.fresh) for (const [name, text] of Object.entries(texts)) add(name, text);
  return Object.fromEntries([...found].map(([name, texts]) => [name, [...texts]]));
}

/** How the server reads each text: `meaning(column, text)` answers {text} or {reason}. */
export function meanings(asked, answer, picked) {
  const read = new Map();
  for (const [name, texts] of Object.entries(asked)) {
    const found = answer.columns[name];
    read.set(name, new Map(texts.map((text, at) => [text, found[at]])));
  }
  const why = new Map(answer.names.map((one) => [`${one.column} ${one.text}`, one.reason]));
  const open = new Set(answer.questions.map((one) => one.column));
  return (name, text) => {
    const [kind, said] = read.get(name).get(text);
    if (kind === 0) return { text: said };
    if (kind === 1) return { reason: said };
    const key = `${name} ${text.trim()}`;
    if (picked.has(key)) return picked.get(key);
    return { reason: why.get(key) ?? (open.has(name) ? t("It can be read in more than one way.") : t("It could not be read.")) };
  };
}
