/* How group headers look and what they say. */
import { displayText, plainNumber, plural } from "../core/format.js";
import { h, icon } from "../core/dom.js";
import { t } from "../core/words.js";

const ROOM = 240;
const WORDS = { sum: "", avg: t("Average") + " ", min: t("Least") + " ", max: t("Most") + " ", count: t("Filled") + " ", empty: t("Empty") + " " };

export function levelOf(term) {
  const [name, step = ""] = term.replace(/^-/, "").split(":");
  return { name, step, descending: term.startsWith("-") };
}

/** The value of a header in words. */
export function groupWords(sheet, header) {
  const { name, step } = levelOf(sheet.query.group[header.level]);
  const spec = sheet.spec(name);
  if (header.key === null) return "(empty)";
  if (step === "aging") return spec.ages[header.key];
  if (step === "year") return header.key;
  if (step === "month") return new Intl.DateTimeFormat(document.body.dataset.locale || "en-US", { year: "numeric", month: "long", timeZone: "UTC" }).format(Date.parse(`${header.key}-01T00:00:00Z`));
  if (spec.kind === "badge") return spec.choices?.find((choice) => choice.value === header.key)?.label ?? header.key;
  return displayText(spec, header.key);
}

/** A total as text, with the name of what it is unless that stands beside it. */
export function totalWords(spec, way, value, named = true) {
  if (value === null || value === undefined) return "";
  const text = way === "count" || way === "empty" ? plainNumber(String(value)) : displayText(spec, value);
  return `${(named && WORDS[way]) || ""}${text}`;
}

function caret(header) {
  return icon(header.open ? "down" : "right", "group-caret");
}

function title(sheet, header) {
  const spec = sheet.spec(levelOf(sheet.query.group[header.level]).name);
  return `${spec.label}: ${groupWords(sheet, header)}`;
}

/** What stands at the left end: the value when there is room for it, else the column's name. */
function headNode(sheet, header, roomy) {
  const spec = sheet.spec(levelOf(sheet.query.group[header.level]).name);
  const words = roomy ? [h("b", { class: "clip" }, groupWords(sheet, header)), h("span", { class: "muted" }, plural(header.count, "row"))] : [h("span", { class: "muted clip" }, spec.label)];
  return h("span", { class: `group-head level-${header.level}`, title: title(sheet, header) }, caret(header), words);
}

function tailNode(sheet, header) {
  return h("span", { class: "group-head", title: title(sheet, header) }, h("b", { class: "clip" }, groupWords(sheet, header)), h("span", { class: "muted" }, plural(header.count, "row")));
}

/** SlickGrid's metadata of a header row: label cells that span, then the totals under their columns. */
export function headerMetadata(sheet, header) {
  const columns = sheet.grid.getColumns();
  const split = sheet.grid.getOptions().frozenColumn + 1;
  const found = {};
  const firstTotal = columns.findIndex((column, at) => at >= Math.max(1, split) && column.spec && column.spec.name in header.totals);
  const end = firstTotal < 0 ? columns.length : firstTotal;
  const left = split > 0 ? split : end;
  const room = columns.slice(0, left).reduce((sum, column) => sum + column.width, 0);
  const roomy = split <= 0 || room >= ROOM || end <= split;
  columns.forEach((column, at) => {
    const name = column.spec?.name;
    found[at] = { cssClass: "group-cell", editor: null, formatter: () => (name && at >= end ? totalWords(column.spec, sheet.totals.way(name), header.totals[name]) : "") };
  });
  found[0] = { colspan: left, cssClass: "group-cell", editor: null, formatter: () => headNode(sheet, header, roomy) };
  if (split > 0 && end > split) found[split] = { colspan: end - split, cssClass: "group-cell", editor: null, formatter: () => (roomy ? "" : tailNode(sheet, header)) };
  return { cssClasses: `group-row group-level-${header.level}`, columns: found };
}

/** The cell of a head that covers a column. */
export function headCell(sheet, header, cell) {
  const { columns } = headerMetadata(sheet, header);
  for (let at = cell; at >= 0; at -= 1) if (columns[at].colspan && at + columns[at].colspan > cell) return at;
  return cell;
}

/** The sentence a screen reader hears on a header. */
export function spokenHeader(sheet, header) {
  const sums = Object.entries(header.totals).map(([name, value]) => value !== null && `${sheet.totals.words(name)} ${totalWords(sheet.spec(name), sheet.totals.way(name), value, false)}`);
  return [title(sheet, header), t("group level {level}", { level: header.level + 1 }), header.open ? "expanded" : "collapsed", plural(header.count, "row"), ...sums].filter(Boolean).join(", ");
}
