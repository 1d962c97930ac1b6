/* How conditions read: words of operators, of spans of days and of values. */
import { displayText } from "../core/format.js";

export const DATES = new Set(["date", "datetime"]);
export const NO_VALUE = new Set(["empty", "not_empty"]);

const WORDS = {
  is: "is",
  is_not: "is not",
  contains: "contains",
  not_contains: "does not contain",
  starts_with: "starts with",
  ends_with: "ends with",
  gt: "is more than",
  gte: "is at least",
  lt: "is less than",
  lte: "is at most",
  between: "is between",
  in: "is any of",
  not_in: "is none of",
  within: "is in",
  not_within: "is not in",
  empty: "is empty",
  not_empty: "is not empty",
};
const FILE_WORDS = { empty: "has none", not_empty: "has some", contains: "has one named", not_contains: "has none named" };
const DATE_WORDS = { gt: "is after", gte: "is on or after", lt: "is before", lte: "is on or before" };

export const SPANS = [
  ["today", "today"], ["yesterday", "yesterday"], ["tomorrow", "tomorrow"],
  ["this_week", "this week"], ["last_week", "last week"], ["next_week", "next week"],
  ["this_month", "this month"], ["last_month", "last month"], ["next_month", "next month"],
  ["this_quarter", "this quarter"], ["last_quarter", "last quarter"], ["next_quarter", "next quarter"],
  ["this_year", "this year"], ["last_year", "last year"], ["next_year", "next year"],
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
  const days = counted.count === 1 ? "day" : "days";
  return { ago: `${counted.count} ${days} ago`, ahead: `${counted.count} ${days} from now`, last: `the last ${counted.count} ${days}`, next: `the next ${counted.count} ${days}` }[counted.way];
}

/** The words of a condition's value; `labelOf` knows the names of linked records. */
export function valueWords(spec, value, labelOf) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((one) => valueWords(spec, one, labelOf)).join(spec.choices?.length || value.length !== 2 ? ", " : " – ");
  if (spec.kind === "link") return /^[0-9a-f-]{32,36}$/i.test(value) ? labelOf(value) : value;
  if (spec.kind === "bool") return value === true || value === "true" ? "Yes" : "No";
  if (spec.kind === "badge") return spec.choices?.find((choice) => choice.value === value)?.label ?? String(value).replaceAll("_", " ");
  if (DATES.has(spec.kind) && String(value).length <= 14) return dayWords(String(value));
  return spec.kind === "files" ? String(value) : displayText(spec, value);
}

function relatedWords(bar, { has, where, not }) {
  const inside = bar.inside(has);
  const rows = `${not ? "without" : "with"} ${inside.title}`;
  return where.length ? `${rows} where ${filterWords(inside, { all: where })}` : rows;
}

/** A whole filter in words: a condition, or a group of them in brackets. */
export function filterWords(bar, node) {
  if (node.has) return relatedWords(bar, node);
  const word = node.any ? "any" : node.all ? "all" : null;
  if (word) return node[word].map((one) => (one.any || one.all ? `(${filterWords(bar, one)})` : filterWords(bar, one))).join(word === "any" ? " or " : " and ");
  const spec = bar.specOf(node.column);
  return `${spec.label} ${operatorWords(spec, node.operator)} ${valueWords(spec, node.value, (id) => bar.labelOf(id))}`.trim();
}
