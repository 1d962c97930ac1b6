/* Rows of a table far too long to hold: pages of 100 around what is seen, the rest thrown away. */
import { getJson } from "../core/http.js";
import { asItem, served, spread } from "./raw_rows.js";

export const PAGE = 100;
const KEEP = 30;
const MOST = 5;

/** What SlickGrid asks for rows. `query.params()` gives the search, filters and sort of every request,
 * `places()` the places of the columns that are shown: only those are asked for. */
export class WindowStore {
  constructor({ windowUrl, countUrl, query, names, places }) {
    Object.assign(this, { windowUrl, countUrl, query, names, places });
    this.held = new Set(places());
    this.pages = new Map();
    this.flights = new Map();
    this.rowOf = new Map();
    this.total = 0;
    this.counted = false;
    this.epoch = 0;
    this.describe = null;
    this.listeners = { rows: [], total: [], error: [] };
  }

  on(name, listener) {
    this.listeners[name].push(listener);
  }

  tell(name, ...args) {
    for (const listener of this.listeners[name]) listener(...args);
  }

  getLength() {
    return this.total;
  }

  getItem(row) {
    return this.pages.get(Math.floor(row / PAGE))?.[row % PAGE];
  }

  getItemMetadata(row) {
    const item = this.getItem(row);
    return item && this.describe ? this.describe(item) : null;
  }

  /** The row of this id, if it is loaded: {row, item}. */
  find(id) {
    const row = this.rowOf.get(id);
    const item = row === undefined ? undefined : this.getItem(row);
    return item?.id === id ? { row, item } : null;
  }

  /** Forgets every row, for example after a new filter, and starts with the first window. */
  async reset(first = null) {
    this.epoch += 1;
    for (const flight of this.flights.values()) flight.abort.abort();
    this.flights.clear();
    this.pages.clear();
    this.rowOf.clear();
    this.counted = false;
    if (first) this.keep(0, first);
    const rows = first ? Promise.resolve() : this.load(0, 1, false);
    this.count();
    await rows;
  }

  async count() {
    const epoch = this.epoch;
    try {
      const { total } = await getJson(`${this.countUrl}?${this.query.params({ sort: false })}`);
      if (epoch !== this.epoch) return;
      this.counted = true;
      this.setTotal(total);
    } catch (error) {
      if (epoch === this.epoch) this.tell("error", error);
    }
  }

  setTotal(total) {
    this.total = total;
    this.tell("total", total, this.counted);
  }

  /** Loads what a viewport of rows needs, and drops requests for rows nobody looks at any more. */
  look(from, to) {
    const first = Math.max(0, Math.floor(from / PAGE));
    const last = Math.floor(Math.max(0, Math.min(to, this.total - 1)) / PAGE);
    for (const [key, flight] of this.flights) {
      if (flight.passing && (flight.last < first || flight.first > last)) {
        flight.abort.abort();
        this.flights.delete(key);
      }
    }
    this.evict(first, last);
    return this.fetchMissing(first, last, true);
  }

  /** Answers when all these rows are loaded. */
  ensure(from, to) {
    return this.fetchMissing(Math.floor(from / PAGE), Math.floor(Math.min(to, this.total - 1) / PAGE), false);
  }

  async fetchMissing(first, last, passing) {
    const waits = [];
    let start = null;
    const close = (end) => {
      if (start === null) return;
      for (let page = start; page <= end; page += MOST) waits.push(this.load(page, Math.min(MOST, end - page + 1), passing));
      start = null;
    };
    for (let page = first; page <= last; page += 1) {
      const flight = [...this.flights.values()].find((one) => one.first <= page && page <= one.last);
      if (flight && !passing) flight.passing = false;
      if (this.pages.has(page) || flight) {
        close(page - 1);
        if (flight) waits.push(flight.done);
      } else if (start === null) start = page;
    }
    close(last);
    await Promise.all(waits);
  }

  load(page, count, passing) {
    const abort = new AbortController();
    const epoch = this.epoch;
    const key = Symbol(page);
    const flight = { first: page, last: page + count - 1, abort, passing };
    flight.done = this.request(page, count, abort.signal)
      .then((rows) => {
        if (epoch === this.epoch) this.keep(page, rows, count);
      })
      .catch((error) => {
        if (error.name !== "AbortError" && epoch === this.epoch) this.tell("error", error);
        if (error.name !== "AbortError" && !flight.passing) throw error;
      })
      .finally(() => this.flights.delete(key));
    flight.done.catch(() => {});
    this.flights.set(key, flight);
    return flight.done;
  }

  async request(page, count, signal) {
    const places = this.places();
    const columns = places.map((place) => this.names[place]).join(",");
    // What is near the end is read from there; where it is, the server learns from the count.
    const total = this.counted ? `&total=${this.total}` : "";
    const range = `offset=${page * PAGE}&limit=${count * PAGE}&columns=${columns}${total}`;
    const { rows } = await getJson(`${this.windowUrl}?${range}&${this.query.params()}`, signal);
    return spread(rows, places);
  }

  /** The rows that came with the page, when they hold every column that is shown here. */
  served(first) {
    return served(first, this.names, this.places());
  }

  /** Reads the rows again when a column is shown now that they do not hold. */
  async hold() {
    const places = this.places();
    const lacks = places.some((place) => !this.held.has(place));
    this.held = new Set(places);
    if (lacks) await this.reset();
  }

  /** Puts rows as the server sends them into their pages; answers the row numbers that changed. */
  keep(page, raw, count = Math.max(1, Math.ceil(raw.length / PAGE))) {
    const changed = [];
    for (let step = 0; step < count; step += 1) {
      const before = this.pages.get(page + step);
      const items = raw.slice(step * PAGE, (step + 1) * PAGE).map(asItem);
      items.forEach((item, index) => {
        const row = (page + step) * PAGE + index;
        if (!before || JSON.stringify(before[index]) !== JSON.stringify(item)) changed.push(row);
        this.rowOf.set(item.id, row);
      });
      this.pages.delete(page + step);
      this.pages.set(page + step, items);
    }
    const end = page * PAGE + raw.length;
    if (!this.counted) this.setTotal(Math.max(this.total, end + (raw.length === count * PAGE ? PAGE : 0)));
    else if (raw.length < Math.min(count * PAGE, this.total - page * PAGE)) this.count();
    this.tell("rows", changed);
    return changed;
  }

  /** Re-reads loaded pages of a viewport without blanking them. */
  async renew(from, to) {
    const epoch = this.epoch;
    const first = Math.max(0, Math.floor(from / PAGE));
    const last = Math.floor(Math.max(0, Math.min(to, this.total - 1)) / PAGE);
    const count = Math.min(MOST, last - first + 1);
    const rows = await this.request(first, count);
    if (epoch === this.epoch) this.keep(first, rows, count);
  }

  /** Forgets the pages outside a viewport and renews those inside, after something changed many rows. */
  async refresh(from, to) {
    for (const page of [...this.pages.keys()]) {
      if ((page + 1) * PAGE <= from || page * PAGE > to) this.pages.delete(page);
    }
    await Promise.all([this.renew(from, to), this.count()]);
  }

  evict(first, last) {
    for (const page of this.pages.keys()) {
      if (this.pages.size <= KEEP) return;
      if (page < first - 1 || page > last + 1) {
        for (const item of this.pages.get(page)) this.rowOf.delete(item.id);
        this.pages.delete(page);
      }
    }
  }
}
