/* What is known of a table before the spreadsheet runs: its columns, their layout, addresses. */
import { Layout } from "./layout.js";
import { States } from "./states.js";

export class SheetBase {
  constructor(config, place) {
    Object.assign(this, { config, place, root: place.root, area: place.area });
    this.places = new Map(config.columns.map((column, index) => [column.name, index]));
    this.layout = new Layout(place.layoutKey ?? config.table, config.columns, place.embedded ? undefined : config.query?.view ?? null);
    this.states = new States();
  }

  spec(name) {
    return this.config.columns[this.places.get(name)];
  }

  position(name) {
    return this.places.get(name);
  }

  /** The places of the columns whose values are needed. */
  needed() {
    return this.layout.needed().map((column) => this.position(column.name));
  }

  recordUrl(id) {
    return this.config.urls.record?.replace("{id}", encodeURIComponent(id));
  }
}
