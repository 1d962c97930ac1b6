/* Rows under group headers. Pages stay those of the ordered table; this maps the grid's rows onto them and back. */
import { getJson } from "../core/http.js";
import { PAGE, WindowStore } from "./store.js";

/** The last entry of an ascending list whose `start` is not after `at`. */
function lastBefore(list, at, start) {
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (list[middle][start] <= at) low = middle;
    else high = middle - 1;
  }
  return list[low] ?? null;
}

/** Gives every header of the server's list its path, its parents' state and whether it is open. */
function headersOf(lists, names, isOpen) {
  const trail = [];
  return lists.map(([level, key, count, offset, figures]) => {
    trail.length = level;
    trail.push(Array.isArray(key) ? key[0] : key);
    const path = JSON.stringify(trail);
    return { level, key, count, offset, path, open: isOpen(path), totals: Object.fromEntries(names.map((name, at) => [name, figures[at]])) };
  });
}

export class GroupedStore extends WindowStore {
  constructor({ groupsUrl, ...rest }) {
    super(rest);
    this.groupsUrl = groupsUrl;
    Object.assign(this.listeners, { groups: [], ungroupable: [] });
    this.lists = null;
    this.totalNames = [];
    this.isOpen = () => true;
    this.totalsWanted = () => "";
    this.segments = [];
    this.runs = [];
    this.length = 0;
    this.depth = 0;
  }

  get grouped() {
    return this.query.group.length > 0;
  }

  /** How many rows the grid has: records and headers that are not folded away. */
  getLength() {
    return this.grouped ? this.length : this.total;
  }

  /** The header on a row of the grid, or null. */
  header(row) {
    if (!this.grouped || row < 0 || row >= this.length) return null;
    return lastBefore(this.segments, row, "row")?.header ?? null;
  }

  /** The place of a row of the grid in the ordered table; -1 on a header. */
  placeOf(row) {
    if (!this.grouped) return row;
    const segment = row >= 0 && row < this.length ? lastBefore(this.segments, row, "row") : null;
    return !segment || segment.header ? -1 : segment.offset + row - segment.row;
  }

  /** The row of the grid for a place in the ordered table; -1 when its group is folded. */
  rowAt(place) {
    if (!this.grouped) return place;
    const run = lastBefore(this.runs, place, "offset");
    return run && place >= run.offset && place < run.offset + run.count ? run.row + place - run.offset : -1;
  }

  /** The headers of all the groups a place of the ordered table is in. */
  around(place) {
    return headersOf(this.lists ?? [], this.totalNames, this.isOpen).filter((header) => place >= header.offset && place < header.offset + header.count);
  }

  getItem(row) {
    const place = this.placeOf(row);
    return place < 0 ? undefined : super.getItem(place);
  }

  find(id) {
    const place = this.rowOf.get(id);
    const item = place === undefined ? undefined : super.getItem(place);
    const row = item?.id === id ? this.rowAt(place) : -1;
    return row < 0 ? null : { row, item };
  }

  tell(name, ...args) {
    if (name === "rows" && this.grouped) super.tell(name, args[0].map((place) => this.rowAt(place)).filter((row) => row >= 0));
    else super.tell(name, ...args);
  }

  /** The stretches of the ordered table that these rows of the grid show, as [from, to] on whole pages. */
  stretches(from, to) {
    const found = [];
    for (const run of this.runs) {
      if (run.row > to) break;
      if (run.row + run.count <= from) continue;
      const first = run.offset + Math.max(0, from - run.row);
      const last = run.offset + Math.min(run.count - 1, to - run.row);
      const before = found.at(-1);
      if (before && Math.floor(first / PAGE) <= Math.floor(before[1] / PAGE) + 1) before[1] = last;
      else found.push([first, last]);
    }
    return found;
  }

  look(from, to) {
    if (!this.grouped) return super.look(from, to);
    const parts = this.stretches(from, to);
    if (parts.length === 1) return super.look(...parts[0]);
    if (parts.length) this.evict(Math.floor(parts[0][0] / PAGE), Math.floor(parts.at(-1)[1] / PAGE));
    return Promise.all(parts.map(([first, last]) => this.fetchMissing(Math.floor(first / PAGE), Math.floor(last / PAGE), true)));
  }

  ensure(from, to) {
    if (!this.grouped) return super.ensure(from, to);
    return Promise.all(this.stretches(from, to).map((part) => super.ensure(...part)));
  }

  renew(from, to) {
    if (!this.grouped) return super.renew(from, to);
    return Promise.all(this.stretches(from, to).map((part) => super.renew(...part)));
  }

  async refresh(from, to) {
    if (!this.grouped) {
      await super.refresh(from, to);
      return;
    }
    const parts = this.stretches(from, to);
    const seen = (page) => parts.some(([first, last]) => (page + 1) * PAGE > first && page * PAGE <= last);
    for (const page of [...this.pages.keys()]) if (!seen(page)) this.pages.delete(page);
    await this.count();
    await this.renew(from, to);
  }

  reset(first = null) {
    this.lists = null;
    this.fold();
    return super.reset(first);
  }

  /** Grouped tables ask for their headers, which carry the count. */
  async count() {
    if (!this.grouped) {
      await super.count();
      return;
    }
    const epoch = this.epoch;
    const wanted = this.totalsWanted();
    try {
      const found = await getJson(`${this.groupsUrl}?${this.query.params({ sort: false })}${wanted && `&totals=${encodeURIComponent(wanted)}`}`);
      if (epoch !== this.epoch || !this.grouped) return;
      this.lists = found.groups;
      this.totalNames = found.totals;
      this.counted = true;
      this.fold();
      this.setTotal(found.total);
      super.tell("groups");
    } catch (error) {
      if (epoch === this.epoch) super.tell("ungroupable", error);
    }
  }

  /** Lays headers and the rows of open groups out, one below the other. */
  fold() {
    this.segments = [];
    this.runs = [];
    this.length = 0;
    this.depth = this.query.group.length;
    let folded = Infinity;
    for (const header of headersOf(this.lists ?? [], this.totalNames, this.isOpen)) {
      if (header.level > folded) continue;
      folded = header.open ? Infinity : header.level;
      this.segments.push({ row: this.length, header });
      this.length += 1;
      if (!header.open || header.level < this.depth - 1) continue;
      const run = { row: this.length, offset: header.offset, count: header.count, header: null };
      this.segments.push(run);
      this.runs.push(run);
      this.length += header.count;
    }
  }
}
