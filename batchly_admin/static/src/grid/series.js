/* What a fill puts into the next cells: numbers, dates and text with a number go on, all else repeats. Pure functions on texts. */
import { addDecimals, decimalText, parseDecimal } from "../core/decimal.js";
import { NUMBER_KINDS } from "../core/format.js";

const DAY = 86_400_000;
const NUMBERED = /^(.*?)(\d+)(\D*)$/su;
const TEXT_KINDS = new Set(["text", "long_text"]);

function negated({ units, scale }) {
  return { units: -units, scale };
}

function same(a, b) {
  return addDecimals(a, negated(b)).units === 0n;
}

/** The one step between all neighbours, or null when there is none. */
function steady(list, minus, equal) {
  const steps = list.slice(1).map((value, index) => minus(value, list[index]));
  return steps.length && steps.every((step) => equal(step, steps[0])) ? steps[0] : null;
}

function numberSeries(texts, eager) {
  const numbers = texts.map((text) => parseDecimal(text));
  if (numbers.some((number) => !number)) return null;
  const one = { units: 1n, scale: 0 };
  // A single number repeats, as in Excel; with Ctrl it counts.
  const step = numbers.length === 1 ? eager && one : steady(numbers, (a, b) => addDecimals(a, negated(b)), same);
  if (!step) return null;
  return (count) => decimalText(addDecimals(numbers[0], { units: step.units * BigInt(count), scale: step.scale }));
}

function dayOf(text) {
  const match = /^(\d{4})-(\d\d)-(\d\d)(T.*)?$/.exec(text);
  return match && { time: Date.UTC(match[1], match[2] - 1, match[3]), month: match[1] * 12 + (match[2] - 1), day: Number(match[3]), rest: match[4] ?? "" };
}

function iso(time) {
  return new Date(time).toISOString().slice(0, 10);
}

function lastDay(month) {
  return new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();
}

function dateSeries(texts, eager) {
  const days = texts.map(dayOf);
  if (days.some((day) => !day || day.rest !== days[0].rest)) return null;
  const [first] = days;
  const step = days.length === 1 ? (eager ? DAY : null) : steady(days, (a, b) => a.time - b.time, Object.is);
  if (step !== null) return (count) => iso(first.time + step * count) + first.rest;
  // The same day of each month, or each month's last.
  const months = steady(days, (a, b) => a.month - b.month, Object.is);
  const most = Math.max(...days.map((day) => day.day));
  const ends = days.every((day) => day.day === lastDay(day.month));
  if (!months || !days.every((day) => day.day === Math.min(most, lastDay(day.month)))) return null;
  return (count) => {
    const month = first.month + months * count;
    const day = ends ? lastDay(month) : Math.min(most, lastDay(month));
    return iso(Date.UTC(Math.floor(month / 12), month % 12, day)) + first.rest;
  };
}

/** The last number of a text with what stands around it: "Job 07b" is "Job ", 7, two digits, "b". */
function numbered(text) {
  const match = NUMBERED.exec(text);
  if (!match) return null;
  const [, before, digits, after] = match;
  if (!before && !after && !digits.startsWith("0")) return null;
  return { before, after, number: BigInt(digits), width: digits.startsWith("0") ? digits.length : 0 };
}

function textSeries(texts, eager) {
  const parts = texts.map(numbered);
  const [first] = parts;
  if (parts.some((part) => !part || part.before !== first.before || part.after !== first.after)) return null;
  const step = parts.length === 1 ? (eager ? 1n : null) : steady(parts, (a, b) => a.number - b.number, Object.is);
  if (step === null) return null;
  const width = Math.max(...parts.map((part) => part.width));
  return (count) => {
    const number = first.number + step * BigInt(count);
    return `${first.before}${String(number < 0n ? -number : number).padStart(width, "0")}${first.after}`;
  };
}

/**
 * The texts of `count` cells after `texts`, or before them when `back`. `flip` (Ctrl) turns the habit of
 * a single cell and of a series around: what would count repeats, a single number counts.
 */
export function fillTexts(kind, texts, count, { back = false, flip = false } = {}) {
  const make = NUMBER_KINDS.has(kind) ? numberSeries : kind === "date" || kind === "datetime" ? dateSeries : TEXT_KINDS.has(kind) ? textSeries : null;
  const plain = make?.(texts, make !== numberSeries) ?? null;
  const turned = plain ? null : make?.(texts, true) ?? null;
  const go = flip ? turned : plain;
  const size = texts.length;
  return Array.from({ length: count }, (_none, index) => {
    const at = back ? -1 - index : size + index;
    return go ? go(at) : texts[((at % size) + size) % size];
  });
}
