/* What the spreadsheet shows: search, filters and sort, kept in the page's address. */

/** The current view. Every change rewrites the address and tells the listeners. */
export class Query {
  constructor({ query = {}, default_sort: defaultSort = [] }) {
    this.search = query.search ?? "";
    this.filters = [...(query.filters ?? [])];
    this.defaultSort = defaultSort;
    this.sort = query.sort?.length ? [...query.sort] : [...defaultSort];
    this.group = [...(query.group ?? [])];
    this.listeners = [];
  }

  onchange(listener) {
    this.listeners.push(listener);
  }

  get narrowed() {
    return Boolean(this.search || this.filters.length);
  }

  /** The request's parameters. */
  params({ sort = true } = {}) {
    const params = new URLSearchParams();
    if (sort && this.sort.length) params.set("sort", this.sort.join(","));
    if (this.search) params.set("search", this.search);
    if (this.group.length) params.set("group", this.group.join(","));
    if (this.filters.length) params.set("filters", JSON.stringify(this.filters));
    return params.toString();
  }

  /** The same view as a bulk action's filter. */
  asSelection() {
    return { search: this.search, where: this.filters };
  }

  update(changes) {
    Object.assign(this, changes);
    this.showAddress();
    for (const listener of this.listeners) listener(changes);
  }

  /** Writes the address: the view as long as nothing differs from it, else the whole state beside it. */
  showAddress() {
    const plain = this.sort.join(",") === this.defaultSort.join(",");
    const params = new URLSearchParams(this.params({ sort: !plain }));
    if (this.view?.matches()) for (const name of ["search", "filters", "sort", "group"]) params.delete(name);
    else if (this.view && !params.size) params.set("filters", "[]");
    if (this.view) params.set("view", this.view.id);
    const look = this.look?.();
    if (look) params.set("look", look);
    history.replaceState(history.state, "", params.size ? `?${params}` : location.pathname);
  }

  addFilter(filter) {
    this.update({ filters: [...this.filters, filter] });
  }

  replaceFilter(at, filter) {
    this.update({ filters: this.filters.map((one, index) => (index === at ? filter : one)) });
  }

  removeFilter(at) {
    this.update({ filters: this.filters.filter((_one, index) => index !== at) });
  }

  clear() {
    this.update({ search: "", filters: [] });
  }
}
