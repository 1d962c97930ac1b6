/* How conditions read: words of operators, of spans of days and of values. */
import { displayText } from "../core/format.js";
import { t } from "../core/words.js";

export const DATES = new Set(["date", "datetime"]);
export const NO_VALUE = new Set(["empty", "not_empty"]);

const WORDS = {
  is: t("is"),
  is_not: t("is not"),
  contains: t("contains"),
  not_contains: t("does not contain"),
  starts_with: t("starts with"),
  ends_with: t("ends with"),
  gt: t("is more than"),
  gte: t("is at least"),
  lt: t("is less than"),
  lte: t("is at most"),
  between: t("is between"),
  in: t("is any of"),
  not_in: t("is none of"),
  within: t("is in"),
  not_within: t("is not in"),
  empty: t("is empty"),
  not_empty: t("is not empty"),
};
const FILE_WORDS = { empty: t("has none"), not_empty: t("has some"), contains: t("has one named"), not_contains: t("has none named") };
const DATE_WORDS = { gt: t("is after"), gte: t("is on or after"), lt: t("is before"), lte: t("is on or before") };

export const SPANS = [
  ["today", t("today")], ["yesterday", t("yesterday")], ["tomorrow", t("tomorrow")],
  ["this_week", t("this week")], ["last_week", t("last week")], ["next_week", t("next week")],
  ["this_month", t("this month")], ["last_month", t("last month")], ["next_month", t("next month")],
  ["this_quarter", t("this quarter")], ["last_quarter", t("last quarter")], ["next_quarter", t("next quarter")],
  ["this_year", t("this year")], ["last_year", t("last year")], ["next_year", t("next year")],
];

export function operatorWords(spec, operator) {
  return (DATES.has(spec.kind) && DATE_WORDS[operator]) || (spec.kind === "files" && FILE_WORDS[operator]) || WORDS[operator] || operator;
}

/** The operators a person can fill in: "any of" many linked records would want their ids. */
export function offered(spec) {
  return (spec.operators ?? []).filter((operator) => !["in", "not_in"].includes(operator) || spec.kind !== "link");
}

/** {way, count} of today-7, today+7, last_7_days and next_7_days; null for other texts. */
export function countedDays(text) {
  const shifted = /^today([+-])(\d{1,4})$/.exec(text ?? "");
  if (shifted) return { way: shifted[1] === "-" ? "ago" : "ahead", count: Number(shifted[2]) };
  const span = /^(last|next)_(\d{1,4})_days$/.exec(text ?? "");
  return span ? { way: span[1], count: Number(span[2]) } : null;
}

export function dayWords(value) {
  const span = SPANS.find(([name]) => name === value);
  if (span) return span[1];
  const counted = countedDays(value);
  if (!counted) return displayText({ kind: "date" }, value);
  const days = counted.count === 1 ? t("day") : t("days");
  return { ago: t("{count} {days} ago", { count: counted.count, days }), ahead: t("{count} {days} from now", { count: counted.count, days }), last: t("the last {count} {days}", { count: counted.count, days }), next: t("the next {count} {days}", { count: counted.count, days }) }[counted.way];
}

/** The words of a condition's value; `labelOf` knows the names of linked records. */
export function valueWords(spec, value, labelOf) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((one) => valueWords(spec, one, labelOf)).join(spec.choices?.length || value.length !== 2 ? ", " : " – ");
  if (spec.kind === "link") return /^[0-9a-f-]{32,36}$/i.test(value) ? labelOf(value) : value;
  if (spec.kind === "bool") return value === true || value === "true" ? t("Yes") : t("No");
  if (spec.kind === "badge") return spec.choices?.find((choice) => choice.value === value)?.label ?? String(value).replaceAll("_", " ");
  if (DATES.has(spec.kind) && String(value).length <= 14) return dayWords(String(value));
  return spec.kind === "files" ? String(value) : displayText(spec, value);
}

function relatedWords(bar, { has, where, not }) {
  const inside = bar.inside(has);
  const rows = `${not ? "without" : "with"} ${inside.title}`;
  return where.length ? t("{rows} where {filterWords}", { rows, filterWords: filterWords(inside, { all: where }) }) : rows;
}

/** A whole filter in words: a condition, or a group of them in brackets. */
export function filterWords(bar, node) {
  if (node.has) return relatedWords(bar, node);
  const word = node.any ? "any" : node.all ? "all" : null;
  if (word) return node[word].map((one) => (one.any || one.all ? `(${filterWords(bar, one)})` : filterWords(bar, one))).join(word === "any" ? (" " + t("or") + " ") : (" " + t("and") + " "));
  const spec = bar.specOf(node.column);
  return `${spec.label} ${operatorWords(spec, node.operator)} ${valueWords(spec, node.value, (id) => bar.labelOf(id))}`.trim();
}
