/* Exact decimal arithmetic on strings, for sums of money that must not pass through a float. */

const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/** {units, scale} of a decimal string or integer, or null when it is not one. */
export function parseDecimal(text) {
  const match = SHAPE.exec(String(text).trim());
  if (!match || (!match[2] && !match[3])) return null;
  const fraction = match[3] ?? "";
  const units = BigInt(`${match[2] || "0"}${fraction}`);
  return { units: match[1] === "-" ? -units : units, scale: fraction.length };
}

function rescale(value, scale) {
  return value.units * 10n ** BigInt(scale - value.scale);
}

export function addDecimals(a, b) {
  const scale = Math.max(a.scale, b.scale);
  return { units: rescale(a, scale) + rescale(b, scale), scale };
}

/** a / count, rounded half away from zero to `places`. */
export function divideDecimal(a, count, places) {
  const scaled = a.units * 10n ** BigInt(Math.max(0, places + 1 - a.scale));
  const scale = Math.max(a.scale, places + 1);
  const quotient = scaled / BigInt(count);
  const cut = 10n ** BigInt(scale - places);
  const half = quotient < 0n ? -cut / 2n : cut / 2n;
  return { units: (quotient + half) / cut, scale: places };
}

export function decimalText({ units, scale }) {
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale ? `.${digits.slice(digits.length - scale)}` : "";
  return `${negative ? "-" : ""}${whole}${fraction}`;
}
