/* Values of the JSON contract as text for a person. Decimal strings go to Intl as strings: it keeps every digit. */
import { englishAmount, englishDay, englishNumber } from "./english.js";
import { noun, t } from "./words.js";

const made = new Map();

function setting(name, fallback) {
  return document.body.dataset[name] || fallback;
}

/** What `write` gives, where the company writes American English; else null. */
function inEnglish(write) {
  return setting("locale", "en-US") === "en-US" ? write() : null;
}

function numberFormat(options) {
  const key = JSON.stringify(options);
  if (!made.has(key)) made.set(key, new Intl.NumberFormat(setting("locale", "en-US"), options));
  return made.get(key);
}

function dateFormat(options) {
  const key = `d${JSON.stringify(options)}`;
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(setting("locale", "en-US"), options));
  return made.get(key);
}

function amount(text, currency, least, most) {
  return inEnglish(() => englishAmount(text, currency, { least, most })) ?? numberFormat({ style: "currency", currency, minimumFractionDigits: least, maximumFractionDigits: most }).format(text);
}

export function money(text, currency = setting("currency", "USD")) {
  return amount(text, currency, 2, 2);
}

export function price(text, currency = setting("currency", "USD")) {
  return amount(text, currency, 2, 4);
}

export function plainNumber(text, places = 6) {
  return inEnglish(() => englishNumber(text, { most: places })) ?? numberFormat({ maximumFractionDigits: places }).format(text);
}

export function percent(text) {
  const english = inEnglish(() => englishNumber(text, { most: 6 }));
  return english === null ? numberFormat({ style: "unit", unit: "percent", maximumFractionDigits: 6 }).format(text) : `${english}%`;
}

export function day(iso) {
  return inEnglish(() => englishDay(iso)) ?? intlDay(iso);
}

function intlDay(iso) {
  const [year, month, date] = iso.split("-").map(Number);
  return dateFormat({ dateStyle: "medium", timeZone: "UTC" }).format(Date.UTC(year, month - 1, date));
}

export function moment(iso) {
  const zone = setting("timeZone", "");
  return dateFormat({ dateStyle: "medium", timeStyle: "short", ...(zone && { timeZone: zone }) }).format(new Date(iso));
}

/** The calendar day of a moment where the company is, as YYYY-MM-DD. */
export function dayOf(iso) {
  const zone = setting("timeZone", "");
  const parts = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", ...(zone && { timeZone: zone }) });
  return parts.format(new Date(iso));
}

const STEPS = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86400, "hour", 3600],
  [86400 * 14, "day", 86400],
];

/** "5 minutes ago", "in 2 hours"; a date when it is far. */
export function relative(iso, now = Date.now()) {
  const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
  if (Math.abs(seconds) < 5) return t("just now");
  const step = STEPS.find(([limit]) => Math.abs(seconds) < limit);
  if (!step) return moment(iso);
  const words = new Intl.RelativeTimeFormat(setting("locale", "en-US"), { numeric: "auto" });
  return words.format(Math.trunc(seconds / step[2]), step[1]);
}

export function plural(count, one, many = `${one}s`) {
  return `${plainNumber(String(count))} ${noun(count, one, many)}`;
}

/** A company's address on one line. */
export function addressLine(address) {
  const town = [address.city, address.state, address.postal_code].filter(Boolean).join(" ");
  return [address.line1, address.line2, town, address.country].filter(Boolean).join(", ");
}

export const NUMBER_KINDS = new Set(["integer", "quantity", "money", "price", "percent"]);

const SHOW = {
  money: (value) => money(value),
  price: (value) => price(value),
  quantity: (value) => plainNumber(value),
  integer: (value) => plainNumber(String(value)),
  percent: (value) => percent(value),
  date: (value) => day(value),
  datetime: (value) => moment(value),
  bool: (value) => (value ? t("Yes") : t("No")),
  link: (value) => value[1],
  badge: (value) => value[1],
  files: (value) => value.map(([, name]) => name).join(", "),
  address: (value) => (typeof value === "string" ? value : addressLine(value)),
  json: (value) => (typeof value === "string" ? value : JSON.stringify(value)),
};

/** The text of a value for reading. */
export function displayText(column, value) {
  if (value === null || value === undefined || value === "") return "";
  if (column.kind === "choice") return column.choices?.find((choice) => choice.value === value)?.label ?? String(value);
  const show = SHOW[column.kind];
  try {
    const text = show ? show(value) : String(value);
    return text.includes("NaN") ? String(value) : text;
  } catch {
    return String(value);
  }
}

/** The text of a value for editing and copying: what the server would read back as the same value. */
export function editText(column, value) {
  if (value === null || value === undefined) return "";
  if (column.kind === "bool") return value ? "Yes" : "No";
  if (["choice", "link", "badge", "address", "json", "files"].includes(column.kind)) return displayText(column, value);
  return String(value);
}
