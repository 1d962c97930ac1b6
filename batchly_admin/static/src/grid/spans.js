/* Days and spans of days in the browser, as the server's filters name them (grid/filters/spans.py). */
const DAY = 86_400_000;
const MONTHS = { month: 1, quarter: 3, year: 12 };

const number = (iso) => Date.UTC(Number(iso.slice(0, 4)), Number(iso.slice(5, 7)) - 1, Number(iso.slice(8, 10))) / DAY;
const text = (count) => new Date(count * DAY).toISOString().slice(0, 10);

/** The company's day of a moment, as 2026-11-21. */
export function localDay(moment = new Date()) {
  const zone = document.body.dataset.timeZone || undefined;
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);
}

/** The day that today, today-7 or a date names; null when it is none. */
export function dayOf(value, today) {
  const shifted = /^today(?:([+-]\d{1,4}))?$/.exec(value);
  if (shifted) return text(number(today) + Number(shifted[1] ?? 0));
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : null;
}

function period(step, unit, today) {
  if (unit === "week") {
    const day = number(today);
    const first = day - ((new Date(day * DAY).getUTCDay() + 6) % 7) + 7 * step;
    return [text(first), text(first + 6)];
  }
  const months = MONTHS[unit];
  const index = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1;
  const begin = index - (index % months) + step * months;
  const start = (count) => Date.UTC(Math.floor(count / 12), count % 12, 1) / DAY;
  return [text(start(begin)), text(start(begin + months) - 1)];
}

/** First and last day of a span; null when it is none. */
export function spanOf(value, today = localDay()) {
  const named = { yesterday: -1, tomorrow: 1 }[value];
  if (named) return [text(number(today) + named), text(number(today) + named)];
  const counted = /^(last|next)_(\d{1,4})_days$/.exec(value);
  if (counted) {
    const count = Math.max(1, Number(counted[2]));
    return counted[1] === "last" ? [text(number(today) - count + 1), today] : [text(number(today) + 1), text(number(today) + count)];
  }
  const known = /^(last|this|next)_(week|month|quarter|year)$/.exec(value);
  if (known) return period({ last: -1, this: 0, next: 1 }[known[1]], known[2], today);
  const day = dayOf(value, today);
  return day && [day, day];
}
