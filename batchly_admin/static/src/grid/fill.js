/* Filling: the handle at the corner of the range, Ctrl+D, Ctrl+R, one value into many, today. */
import { SlickRange } from "slickgrid";
import { h } from "../core/dom.js";
import { plural } from "../core/format.js";
import { t } from "../core/words.js";
import { confirmDialog } from "../ui/dialog.js";
import { toastError } from "../ui/toast.js";
import { MOST_WRITTEN, cellText, rowsOf, specAt, tooMany, writeBoxes } from "./blocks.js";
import { trackCells } from "./dragging.js";
import { COARSE, keepAtCorner } from "./touch.js";
import { edgeRow } from "./moves.js";
import { cellCount, currentBoxes, currentRange } from "./ranges.js";
import { fillTexts } from "./series.js";

const ASK_FROM = 500;
const PREVIEW = "filling";
const SINGLE_TEXT = new Set(["text", "long_text"]);

/** The part of `whole` that lies beside `source`, and which way the fill goes. */
function grown(source, whole) {
  if (whole.bottom > source.bottom) return { box: { ...source, top: source.bottom + 1, bottom: whole.bottom }, down: true, back: false };
  if (whole.top < source.top) return { box: { ...source, top: whole.top, bottom: source.top - 1 }, down: true, back: true };
  if (whole.right > source.right) return { box: { ...source, left: source.right + 1, right: whole.right }, down: false, back: false };
  if (whole.left < source.left) return { box: { ...source, left: whole.left, right: source.left - 1 }, down: false, back: true };
  return null;
}

/** A way to ask for the text of each target cell. */
function textsDown(sheet, rows, source, { box, back }, flip) {
  const count = box.bottom - box.top + 1;
  const columns = new Map();
  for (let cell = source.left; cell <= source.right; cell += 1) {
    const texts = rows.map((item) => cellText(sheet, item, cell));
    columns.set(cell, fillTexts(specAt(sheet, cell).kind, texts, count, { back, flip }));
  }
  return (row, cell) => columns.get(cell)[back ? source.top - 1 - row : row - source.bottom - 1];
}

function textsAcross(sheet, rows, source, { box, back }, flip) {
  const count = box.right - box.left + 1;
  const kind = specAt(sheet, source.left).kind;
  const lines = rows.map((item) => {
    const texts = [];
    for (let cell = source.left; cell <= source.right; cell += 1) texts.push(cellText(sheet, item, cell));
    return fillTexts(kind, texts, count, { back, flip });
  });
  return (row, cell) => lines[row - source.top][back ? source.left - 1 - cell : cell - source.right - 1];
}

/** Fills from the source into the rest of `whole`. */
async function fillInto(sheet, source, whole, flip) {
  const target = grown(source, whole);
  if (!target || tooMany([target.box], MOST_WRITTEN, t("Fill fewer rows, or filter first."))) return;
  const cells = cellCount([target.box]);
  if (cells >= ASK_FROM && !(await confirmDialog({ title: t("Fill?"), text: t("This writes {cells}, also in rows that are not on the screen. One undo takes it back.", { cells: plural(cells, "cell") }), label: t("Fill {cells}", { cells: plural(cells, "cell") }) }))) return;
  const rows = (await rowsOf(sheet, source.top, source.bottom)).filter(Boolean);
  if (!rows.length) return;
  const texts = (target.down ? textsDown : textsAcross)(sheet, rows, source, target, flip);
  await writeBoxes(sheet, [target.box], (_item, _spec, row, cell) => texts(row, cell), "fill");
  sheet.ranges.setSelectedRanges([new SlickRange(Math.min(source.top, whole.top), Math.min(source.left, whole.left), Math.max(source.bottom, whole.bottom), Math.max(source.right, whole.right))]);
}

/** Ctrl+D and Ctrl+R: the first row or column of every range goes into the rest; a single one takes its neighbour's. */
export async function fillCopy(sheet, down) {
  const boxes = currentBoxes(sheet).map((box) => {
    if (down) return box.top === box.bottom ? { ...box, top: Math.max(0, box.top - 1) } : box;
    return box.left === box.right ? { ...box, left: Math.max(1, box.left - 1) } : box;
  });
  const targets = boxes.map((box) => (down ? { ...box, top: box.top + 1 } : { ...box, left: box.left + 1 })).filter((box) => box.top <= box.bottom && box.left <= box.right);
  if (!targets.length) return;
  try {
    const sources = await Promise.all(boxes.map((box) => (down ? rowsOf(sheet, box.top, box.top) : null)));
    const from = (row, cell) => boxes.findLastIndex((box) => row >= box.top && row <= box.bottom && cell >= box.left && cell <= box.right);
    await writeBoxes(sheet, targets, (item, _spec, row, cell) => {
      const at = from(row, cell);
      return down ? cellText(sheet, sources[at][0], cell) : cellText(sheet, item, boxes[at].left);
    }, "fill");
  } catch (error) {
    toastError(error);
  }
}

/** One text into every marked cell. */
export function fillAll(sheet, text, only = () => true) {
  return writeBoxes(sheet, currentBoxes(sheet), (_item, spec) => (only(spec) ? text(spec) : undefined), "fill").catch(toastError);
}

/** Ctrl+;: today, by the company's clock, into the marked cells that take a date or a text. */
export function fillToday(sheet) {
  const zone = document.body.dataset.timeZone || undefined;
  const parts = (options) => new Intl.DateTimeFormat("en-CA", { timeZone: zone, ...options }).format(new Date());
  const today = parts({ year: "numeric", month: "2-digit", day: "2-digit" });
  const now = parts({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const single = cellCount(currentBoxes(sheet)) === 1;
  const takes = (spec) => spec.kind === "date" || spec.kind === "datetime" || SINGLE_TEXT.has(spec.kind) || single;
  return fillAll(sheet, (spec) => (spec.kind === "datetime" ? `${today} ${now}` : today), takes);
}

/** Goes on with what stands at the top of the marked range, down to its end; the way of hands without a mouse. */
export async function fillSeries(sheet) {
  const whole = currentRange(sheet);
  if (!whole || whole.top === whole.bottom || tooMany([whole], MOST_WRITTEN, t("Fill fewer rows, or filter first."))) return;
  try {
    const rows = await rowsOf(sheet, whole.top, whole.bottom);
    const gap = rows.findIndex((item) => item && cellText(sheet, item, whole.left) === "");
    // Without a gap the first two rows say how it goes on.
    const known = gap > 0 ? gap : Math.min(2, rows.length - 1);
    await fillInto(sheet, { ...whole, bottom: whole.top + known - 1 }, whole, false);
  } catch (error) {
    toastError(error);
  }
}

/** Double click on the handle: down as far as the column beside has data. */
async function fillToEnd(sheet, source) {
  const columns = sheet.grid.getColumns();
  const beside = source.left > 1 ? columns[source.left - 1] : columns[source.right + 1];
  if (!beside || source.bottom >= sheet.store.getLength() - 1) return;
  const [here, next] = await rowsOf(sheet, source.bottom, source.bottom + 1);
  const full = (item) => item && item.v[beside.at] !== null && item.v[beside.at] !== "";
  if (!full(next)) return;
  const from = full(here) ? source.bottom : source.bottom + 1;
  const bottom = Math.min(await edgeRow(sheet, from, beside, 1), sheet.store.getLength() - 1);
  await fillInto(sheet, source, { ...source, bottom }, false);
}

/** The range a drag of the handle to this cell means: it grows one way only, the farther one. */
function stretched(source, { row, cell }) {
  const down = Math.max(0, row - source.bottom, source.top - row);
  const across = Math.max(0, cell - source.right, source.left - cell);
  if (down >= across && down) return { ...source, top: Math.min(source.top, row), bottom: Math.max(source.bottom, row) };
  return { ...source, left: Math.min(source.left, Math.max(1, cell)), right: Math.max(source.right, cell) };
}

function preview(sheet, whole) {
  const styles = {};
  const columns = sheet.grid.getColumns();
  const { top, bottom } = sheet.grid.getRenderedRange();
  for (let row = Math.max(top, whole.top); whole && row <= Math.min(bottom, whole.bottom); row += 1) {
    styles[row] = {};
    for (let cell = whole.left; cell <= whole.right; cell += 1) styles[row][columns[cell].id] = "filling";
  }
  sheet.grid.setCellCssStyles(PREVIEW, styles);
}

function drag(sheet, source, moved) {
  let whole = source;
  trackCells(sheet, {
    over: (at) => {
      whole = stretched(source, at);
      moved();
      preview(sheet, whole);
    },
    done: (event) => {
      sheet.grid.setCellCssStyles(PREVIEW, {});
      if (event.type === "pointerup") fillInto(sheet, source, whole, event.ctrlKey || event.metaKey).catch(toastError);
    },
  });
}

/** The small square at the corner of a single range; fingers have a grip there instead. */
export function startFill(sheet) {
  if (!sheet.config.can.edit || COARSE.matches) return;
  const handle = h("span", { class: "fill-handle", title: t("Drag to fill, double click to fill down to the end"), "aria-hidden": "true" });
  keepAtCorner(sheet, handle, (box) => specAt(sheet, box.right)?.editable);
  let last = 0;
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const source = currentRange(sheet);
    if (event.timeStamp - last < 400) fillToEnd(sheet, source).catch(toastError);
    else drag(sheet, source, () => { last = 0; });
    last = event.timeStamp;
  });
}
