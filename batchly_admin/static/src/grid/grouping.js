/* Grouping: the panel in the toolbar, folding by mouse and keyboard, what was folded, roles of the rows. */
import { announce } from "../core/announce.js";
import { button, h, recall, remember } from "../core/dom.js";
import { t } from "../core/words.js";
import { openPopover } from "../ui/popover.js";
import { toastError } from "../ui/toast.js";
import { Totals, startFooter } from "./footer.js";
import { headCell, headerMetadata, levelOf, spokenHeader } from "./group_rows.js";
import { GroupedStore } from "./grouped_store.js";

const LEVELS = 3;
const EDITING = 400;
const KEPT_VIEWS = 12;
const KEPT_GROUPS = 500;

/** Which groups are folded, per person, table and view; old views are forgotten. */
export class Folding {
  constructor(sheet) {
    this.sheet = sheet;
    this.key = `batchly:groups:${document.body.dataset.user ?? ""}:${sheet.config.table}`;
    this.read();
  }

  get view() {
    return `${this.sheet.config.view?.id ?? ""} ${this.sheet.query.group.join()}`;
  }

  read() {
    const kept = recall(this.key, {})[this.view];
    this.closed = Boolean(kept?.closed);
    this.others = new Set(kept?.others ?? []);
  }

  isOpen(path) {
    return this.closed === this.others.has(path);
  }

  set(path, open) {
    if (open === !this.closed) this.others.delete(path);
    else this.others.add(path);
    this.save();
  }

  all(open) {
    this.closed = !open;
    this.others.clear();
    this.save();
  }

  save() {
    const { [this.view]: _old, ...rest } = recall(this.key, {});
    const views = Object.entries(rest).slice(1 - KEPT_VIEWS);
    remember(this.key, { ...Object.fromEntries(views), [this.view]: { closed: this.closed, others: [...this.others].slice(-KEPT_GROUPS) } });
  }
}

export class Grouping {
  constructor(sheet) {
    this.sheet = sheet;
    this.folding = new Folding(sheet);
    this.waits = 0;
    this.kept = null;
    const { store, query } = sheet;
    store.isOpen = (path) => this.folding.isOpen(path);
    store.totalsWanted = () => sheet.totals.asked();
    store.on("groups", () => this.settled(() => {
      sheet.grid.invalidate();
      sheet.lookAround();
    }));
    store.on("ungroupable", (error) => {
      toastError(error);
      query.update({ group: [] });
    });
    query.onchange((changes) => {
      if (changes.group) this.folding.read();
    });
  }

  /** What SlickGrid draws: records from the store, headers as rows of their own. */
  provider() {
    const { store } = this.sheet;
    return {
      getLength: () => store.getLength(),
      getItem: (row) => {
        const header = store.header(row);
        return header ? { id: `group ${header.path}`, header, v: [], lock: null } : store.getItem(row);
      },
      getItemMetadata: (row) => {
        const header = store.header(row);
        return header ? headerMetadata(this.sheet, header) : store.getItemMetadata(row);
      },
    };
  }

  spoken(row) {
    const header = this.sheet.store.header(row);
    return header && spokenHeader(this.sheet, header);
  }

  fold(header, open = !header.open) {
    if (open === header.open) return;
    this.folding.set(header.path, open);
    this.redraw();
    announce(open ? t("Expanded") : t("Collapsed"));
  }

  /** Does something that draws every row anew, but never under an open editor. */
  settled(work) {
    clearTimeout(this.waits);
    if (this.sheet.grid.getCellEditor()) this.waits = setTimeout(() => this.settled(work), EDITING);
    else work();
  }

  /** A saved cell changed totals, or its row's place: a row that is still worked on stays where it is. */
  refreshLater() {
    if (!this.sheet.staying?.holds()) this.settled(() => this.sheet.refresh());
  }

  /** Opens the groups around a place of the ordered table; answers the row of the grid. */
  unfoldTo(place) {
    const { store } = this.sheet;
    if (!store.grouped) return place;
    const closed = store.around(place).filter((header) => !header.open);
    for (const header of closed) this.folding.set(header.path, true);
    if (closed.length) this.redraw();
    return store.rowAt(place);
  }

  foldAll(open) {
    this.folding.all(open);
    this.redraw();
    announce(open ? t("All groups expanded") : t("All groups collapsed"));
  }

  redraw() {
    const { grid, store } = this.sheet;
    store.fold();
    grid.updateRowCount();
    grid.invalidate();
    this.sheet.lookAround();
  }

  /** Heads are one cell over many columns: the cursor stands on its start, and goes on in its own column below. */
  cellFor(row, cell) {
    const { grid, store } = this.sheet;
    const from = grid.getActiveCell();
    const wanted = this.kept && from && store.header(from.row) && from.cell === this.kept.at && cell === from.cell ? this.kept.wanted : cell;
    const header = store.header(row);
    this.kept = header && { at: headCell(this.sheet, header, wanted), wanted };
    return this.kept?.at ?? wanted;
  }

  /** Left and right fold as in a tree; right on an open group and left on a folded one move on. Answers whether it did. */
  key(key, row) {
    const { grid, store } = this.sheet;
    const header = store.header(row);
    if (!header) return false;
    if (key === "Enter" || key === " ") this.fold(header);
    else if (key === "ArrowRight" && !header.open) this.fold(header, true);
    else if (key === "ArrowRight") this.sheet.ranges.moveTo(Math.min(row + 1, store.getLength() - 1), grid.getActiveCell().cell);
    else if (key === "ArrowLeft" && header.open) this.fold(header, false);
    else if (key === "ArrowLeft") this.toParent(row, header.level);
    else return false;
    return true;
  }

  toParent(row, level) {
    const { grid, store } = this.sheet;
    for (let at = row - 1; at >= 0; at -= 1) {
      const header = store.header(at);
      if (header && header.level < level) {
        this.sheet.ranges.moveTo(at, grid.getActiveCell().cell);
        return;
      }
    }
  }
}

/** Marks rows for screen readers: a treegrid while there are groups. */
function markRows(sheet) {
  const { grid, store } = sheet;
  if (!store.grouped) return;
  grid.getContainerNode().setAttribute("role", "treegrid");
  for (const node of sheet.area.querySelectorAll(".slick-row:not([aria-level])")) {
    const row = grid.getRowFromNode(node);
    if (row === null) continue;
    const header = store.header(row);
    node.setAttribute("aria-level", String(header ? header.level + 1 : store.depth + 1));
    if (header) node.setAttribute("aria-expanded", String(header.open));
  }
}

/** The row of the form for one level. */
function levelForm(sheet, at, term, change) {
  const now = term ? levelOf(term) : { name: "", step: "", descending: false };
  const columns = sheet.config.columns.filter((column) => column.groupable);
  const name = at ? t("Then by, level {at}", { at: at + 1 }) : t("Group by");
  const column = h("select", { class: "select", "aria-label": name }, h("option", { value: "" }, at ? t("(no further level)") : t("(not grouped)")), columns.map((one) => h("option", { value: one.name, selected: one.name === now.name }, one.label)));
  const steps = h("select", { class: "select", "aria-label": t("{name}: length", { name }) }, [["", t("Day")], ["month", t("Month")], ["year", t("Year")], ["aging", t("Age")]].map(([value, label]) => h("option", { value, selected: value === now.step }, label)));
  const way = h("select", { class: "select", "aria-label": t("{name}: order", { name }) }, h("option", { value: "" }, t("A to Z")), h("option", { value: "-", selected: now.descending }, t("Z to A")));
  const isDate = () => sheet.spec(column.value)?.kind === "date";
  steps.hidden = !isDate();
  way.hidden = !now.name;
  const tell = () => change(at, column.value && `${way.value}${column.value}${isDate() && steps.value ? `:${steps.value}` : ""}`);
  for (const one of [column, steps, way]) one.addEventListener("change", tell);
  return h("div", { class: "group-level" }, column, steps, way);
}

function openPanel(sheet, trigger) {
  const { query } = sheet;
  const list = h("div", { class: "group-levels" });
  const change = (at, term) => {
    const next = [...query.group];
    next.splice(at, 1, ...(term ? [term] : []));
    const name = term && levelOf(term).name;
    query.update({ group: next.filter((one, place) => place === at || levelOf(one).name !== name) });
    draw();
    list.querySelectorAll("select")[0].focus();
  };
  function draw() {
    const shown = Math.min(LEVELS, query.group.length + 1);
    list.replaceChildren(...Array.from({ length: shown }, (_none, at) => levelForm(sheet, at, query.group[at], change)));
    tools.hidden = !query.group.length;
  }
  const tools = h("div", { class: "row end" }, button(t("Collapse all"), { class: "button small", onclick: () => sheet.grouping.foldAll(false) }), button(t("Expand all"), { class: "button small", onclick: () => sheet.grouping.foldAll(true) }), button(t("Ungroup"), { class: "button small", onclick: () => { query.update({ group: [] }); draw(); } }));
  draw();
  openPopover(h("div", { class: "popover group-panel", role: "dialog", "aria-label": t("Group") }, list, tools), trigger);
}

/** The button in the toolbar. */
export function groupButton(sheet) {
  const words = h("span", { class: "label" }, t("Group"));
  const trigger = button(words, { class: "button ghost", "aria-haspopup": "dialog", "aria-label": t("Group") }, "lines");
  const draw = () => {
    const names = sheet.query.group.map((term) => sheet.spec(levelOf(term).name)?.label).filter(Boolean);
    words.textContent = names.length ? t("Grouped by {names}", { names: names.join(", ") }) : t("Group");
    trigger.setAttribute("aria-label", words.textContent);
    trigger.classList.toggle("on", names.length > 0);
  };
  trigger.addEventListener("click", () => openPanel(sheet, trigger));
  sheet.query.onchange(draw);
  draw();
  return trigger;
}

/** The store of a table's rows, grouped or not. */
export function makeStore(sheet) {
  const { config, query } = sheet;
  return new GroupedStore({ windowUrl: config.urls.window, countUrl: config.urls.count, groupsUrl: config.urls.groups, query, names: config.columns.map((column) => column.name), places: () => sheet.needed() });
}

/** Totals and groups of a sheet; before its other keys, and not in a sheet inside a record. */
export function startGrouping(sheet) {
  const { grid, store } = sheet;
  if (!(store instanceof GroupedStore)) return;
  sheet.totals = new Totals(sheet);
  sheet.grouping = new Grouping(sheet);
  grid.setData(sheet.grouping.provider());
  startFooter(sheet);
  grid.onClick.subscribe((event, { row, cell }) => {
    const header = store.header(row);
    if (!header) return;
    event.stopImmediatePropagation();
    grid.setActiveCell(row, cell);
    sheet.grouping.fold(header);
  });
  grid.onKeyDown.subscribe((event) => {
    const active = grid.getActiveCell();
    const native = event.getNativeEvent();
    if (!active || grid.getCellEditor() || native.ctrlKey || native.metaKey || native.altKey || native.shiftKey) return;
    if (!sheet.grouping.key(native.key, active.row)) return;
    native.preventDefault();
    event.stopImmediatePropagation();
    native.stopPropagation();
  });
  grid.onRendered.subscribe(() => markRows(sheet));
}
