/* Numbers and days in American English, written by hand: the first formatter of a language costs the browser
 * tens of milliseconds, and the first rows would wait for it. What this does not know is left to Intl. */
const SIGNS = { USD: "$", CAD: "CA$", AUD: "A$", GBP: "£", EUR: "€" };
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A decimal with separators and at least so many places; null when it would have to be rounded to `most`. */
export function englishNumber(text, { least = 0, most, sign = "" }) {
  const [, minus, digits, fraction = ""] = DECIMAL.exec(text) ?? [];
  if (digits === undefined) return null;
  const places = fraction.replace(/0+$/, "").padEnd(least, "0");
  if (places.length > most) return null;
  const whole = digits.replace(/^0+(?=\d)/, "").replace(/\B(?=(?:\d{3})+$)/g, ",");
  return `${minus}${sign}${whole}${places && "."}${places}`;
}

/** The same of an amount; null for a currency without a sign of its own. */
export function englishAmount(text, currency, places) {
  const sign = SIGNS[currency];
  return sign ? englishNumber(text, { ...places, sign }) : null;
}

/** "Mar 4, 2026" */
export function englishDay(iso) {
  const [, year, month, day] = DAY.exec(iso) ?? [];
  const name = MONTHS[month - 1];
  return name ? `${name} ${Number(day)}, ${year}` : null;
}
