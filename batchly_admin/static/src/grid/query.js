/* What the spreadsheet shows: search, filters and sort, kept in the page's address. */

/** The current view. Every change rewrites the address and tells the listeners. */
export class Query {
  constructor({ query = {}, default_sort: defaultSort = [] }) {
    this.search = query.search ?? "";
    this.filters = [...(query.filters ?? [])];
    this.defaultSort = defaultSort;
    this.sort = query.sort?.length ? [...query.sort] : [...defaultSort];
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
    if (this.filters.length) params.set("filters", JSON.stringify(this.filters));
    return params.toString();
  }

  /** The same view as a bulk action's filter. */
  asSelection() {
    return { search: this.search, where: this.filters };
  }

  update(changes) {
    Object.assign(this, changes);
    const plain = this.sort.join(",") === this.defaultSort.join(",");
    const text = this.params({ sort: !plain });
    history.replaceState(history.state, "", text ? `?${text}` : location.pathname);
    for (const listener of this.listeners) listener(changes);
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
