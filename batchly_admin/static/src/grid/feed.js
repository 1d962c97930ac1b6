/* What others did, within seconds: asks now and then while the page is seen, and puts changed rows where they stand. */
import { announce } from "../core/announce.js";
import { newKey } from "../core/dom.js";
import { getIfChanged, getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { startPresence } from "./presence.js";

const EVERY = 3000;
const LONGEST = 60_000;
const NEWS = 2200;
const MOST = 150;

/** The row that is being typed into keeps what its person saw, so that a save meets the other value. */
function editing(sheet) {
  if (!sheet.grid.getCellEditor()) return null;
  return sheet.store.getItem(sheet.grid.getActiveCell()?.row)?.id ?? null;
}

/** Puts fresh values into a held row; answers the columns that differ. */
function take(sheet, item, [, version, lock, ...values], places) {
  const differs = [];
  places.forEach((place, index) => {
    if (JSON.stringify(item.v[place]) !== JSON.stringify(values[index])) differs.push(sheet.store.names[place]);
    item.v[place] = values[index];
  });
  Object.assign(item, { version, lock });
  return differs;
}

/** Lets changed cells glow for a moment. */
function glow(sheet, cells) {
  const marks = {};
  for (const [id, names] of cells) {
    const row = sheet.store.find(id)?.row;
    if (row !== undefined) marks[row] = Object.fromEntries(names.map((name) => [name, "cell-news"]));
  }
  const key = newKey();
  sheet.grid.addCellCssStyles(key, marks);
  setTimeout(() => sheet.grid.removeCellCssStyles(key), NEWS);
}

async function reread(sheet, ids) {
  const places = sheet.store.places();
  const columns = places.map((place) => sheet.store.names[place]).join(",");
  const { rows } = await getJson(`${sheet.config.urls.rows}?ids=${ids.join(",")}&columns=${columns}`);
  const cells = new Map();
  for (const row of rows) {
    const held = sheet.store.find(row[0]);
    if (!held || editing(sheet) === row[0] || sheet.changes.waiting) continue;
    const differs = take(sheet, held.item, row, places);
    if (differs.length) cells.set(row[0], differs);
  }
  sheet.redrawIds(rows.map((row) => row[0]));
  glow(sheet, cells);
}

/** Reads the screen again and keeps the cursor on its record, wherever that stands now. */
export async function rereadScreen(sheet) {
  const active = sheet.grid.getActiveCell();
  const id = active && sheet.store.getItem(active.row)?.id;
  await sheet.refresh();
  const found = id && sheet.store.find(id);
  if (found && found.row !== active.row) sheet.grid.setActiveCell(found.row, active.cell);
}

/** What of the news this page has not shown yet: rows to read again, and whether rows came or went. */
function sort(sheet, body, handled) {
  const work = { ids: [], moved: Boolean(body.many), by: null };
  for (const row of body.rows) {
    const held = sheet.store.find(row.id);
    if (held ? held.item.version === row.version : handled.get(row.id) === row.version) continue;
    if (held && row.version !== null) {
      work.ids.push(row.id);
      if (!row.mine) work.by = row.by;
    } else if (held || row.version === null || row.new || sheet.query.narrowed) {
      work.moved = true;
      handled.set(row.id, row.version);
    }
  }
  return work;
}

export function startFeed(sheet) {
  const { config, store, grid } = sheet;
  if (!config.urls.rows) return;
  const tab = newKey();
  const handled = new Map();
  const people = startPresence(sheet);
  let [since, tag, timer, wait] = [config.first?.since ?? "", "", 0, EVERY];
  let body = null;

  const address = () => {
    const active = grid.getActiveCell();
    const item = active && store.getItem(active.row);
    const params = new URLSearchParams({ since, tab });
    if (item) params.set("row", item.id);
    if (item) params.set("column", grid.getColumns()[active.cell]?.spec?.name ?? "");
    return `${config.urls.changes}?${params}`;
  };
  const show = async () => {
    const work = sort(sheet, body, handled);
    // What cannot be shown now is shown in the next turn: nothing may move below the hands.
    if (!work.ids.length && !work.moved) return;
    if (sheet.changes.waiting) return;
    const open = editing(sheet);
    const ids = work.ids.filter((id) => id !== open);
    if (ids.length > MOST) work.moved = true;
    else if (ids.length) await reread(sheet, ids);
    if (work.moved && !open && !sheet.staying?.holds()) await rereadScreen(sheet);
    else if (work.moved) body.rows.forEach((row) => handled.delete(row.id));
    if (work.by && ids.length) announce(t("{by} changed {length}.", { by: work.by, length: ids.length === 1 ? t("a row") : t("{length} rows", { length: ids.length }) }));
    if (work.moved) body.many = false;
  };
  const look = async () => {
    timer = 0;
    try {
      const answer = await getIfChanged(address(), tag);
      if (answer) {
        ({ body, tag } = answer);
        ({ since } = body);
        people(body.people);
      }
      if (body && store.counted) await show();
      wait = EVERY;
    } catch (error) {
      wait = error.status === 401 ? LONGEST : Math.min(wait * 2, LONGEST);
    }
    plan();
  };
  const plan = () => {
    if (!timer && !document.hidden) timer = setTimeout(look, wait);
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    timer = 0;
    if (!document.hidden) look();
  });
  look();
}

