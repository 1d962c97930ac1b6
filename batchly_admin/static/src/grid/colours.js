/* Conditional colours: rules of a view turn values into tones of cells and rows. */
import { parseDecimal } from "../core/decimal.js";
import { NUMBER_KINDS, displayText } from "../core/format.js";
import { dayOf, localDay, spanOf } from "./spans.js";

const NEGATIVE = { is_not: "is", not_in: "in", not_contains: "contains", not_within: "within" };
const ORDER = { gt: (sign) => sign > 0, gte: (sign) => sign >= 0, lt: (sign) => sign < 0, lte: (sign) => sign <= 0, is: (sign) => sign === 0 };
const folded = (value) => String(value ?? "").toLowerCase();

function compareNumbers(a, b) {
  const [one, two] = [parseDecimal(a), parseDecimal(String(b).replace(/[$€£%,\s]/g, ""))];
  if (!one || !two) return NaN;
  const scale = Math.max(one.scale, two.scale);
  const units = (value) => value.units * 10n ** BigInt(scale - value.scale);
  const [left, right] = [units(one), units(two)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** -1, 0 or 1 as the server's comparison has it; NaN when one cannot be compared. */
function compare(spec, value, asked) {
  if (NUMBER_KINDS.has(spec.kind)) return compareNumbers(value, asked);
  if (spec.kind === "date" || spec.kind === "datetime") {
    const day = dayOf(String(asked), localDay());
    const [own, other] = day ? [spec.kind === "date" ? value : localDay(new Date(value)), day] : [Date.parse(value), Date.parse(asked)];
    return own < other ? -1 : own > other ? 1 : own === other ? 0 : NaN;
  }
  return String(value) < String(asked) ? -1 : String(value) > String(asked) ? 1 : 0;
}

function isSame(spec, value, asked) {
  if (spec.kind === "bool") return Boolean(value) === ["true", "yes", "1"].includes(folded(asked));
  if (spec.kind === "link") return folded(value[0]) === folded(asked) || value[1] === asked;
  if (spec.kind === "badge" || spec.kind === "choice") {
    const own = spec.kind === "badge" ? value[0] : value;
    return own === asked || folded(spec.choices?.find((choice) => choice.value === own)?.label) === folded(asked);
  }
  return compare(spec, value, asked) === 0;
}

function positive(spec, operator, value, asked) {
  const words = folded(spec.kind === "files" ? displayText(spec, value) : Array.isArray(value) ? value[1] : value);
  if (operator === "contains") return words.includes(folded(asked));
  if (operator === "starts_with") return words.startsWith(folded(asked));
  if (operator === "ends_with") return words.endsWith(folded(asked));
  if (operator === "is") return isSame(spec, value, asked);
  if (operator === "in") return asked.some((one) => isSame(spec, value, one));
  if (operator === "between") return compare(spec, value, asked[0]) >= 0 && compare(spec, value, asked[1]) <= 0;
  if (operator === "within") {
    const span = spanOf(String(asked));
    const day = spec.kind === "date" ? value : localDay(new Date(value));
    return Boolean(span) && span[0] <= day && day <= span[1];
  }
  return ORDER[operator]?.(compare(spec, value, asked)) ?? false;
}

/** Whether a value of the column meets a rule's condition; empty cells meet only the negative ones. */
export function meets(spec, { operator, value: asked }, value) {
  const empty = value === null || value === undefined || value === "";
  if (operator === "empty") return empty;
  if (operator === "not_empty") return !empty;
  const opposite = NEGATIVE[operator];
  if (opposite) return empty || !positive(spec, opposite, value, asked);
  return !empty && positive(spec, operator, value, asked);
}

/** The tones of a row: {row, cells: Map of column to tone}; the first rule that holds wins. */
export function tonesOf(sheet, item) {
  let row = null;
  const cells = new Map();
  for (const rule of sheet.layout.colours) {
    const spec = sheet.spec(rule.column);
    if (!spec || (rule.row ? row : cells.has(rule.column))) continue;
    if (!meets(spec, rule, item.v[sheet.position(rule.column)])) continue;
    if (rule.row) row = rule.tone;
    else cells.set(rule.column, rule.tone);
  }
  return { row, cells };
}

/** Adds the tones to what the store says of a row. */
export function startColours(sheet) {
  const { store } = sheet;
  const describe = store.describe;
  store.describe = (item) => {
    const base = describe(item);
    if (!sheet.layout.colours.length || !item?.v || !item.id) return base;
    const { row, cells } = tonesOf(sheet, item);
    if (!row && !cells.size) return base;
    const columns = { ...base?.columns };
    for (const [name, tone] of cells) columns[name] = { ...columns[name], cssClass: `${columns[name]?.cssClass ?? ""} tint tint-${tone}`.trim() };
    return { ...base, cssClasses: `${base?.cssClasses ?? ""}${row ? ` tint tint-${row}` : ""}`.trim(), columns };
  };
}
