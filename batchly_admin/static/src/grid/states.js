/* What is going on with single cells and rows beside their value: saving, saved, refused, in conflict, failed. */

/** Kept by row id, so it survives scrolling, sorting and reloading of windows. */
export class States {
  constructor() {
    this.cells = new Map();
    this.rowErrors = new Map();
  }

  get(id, column) {
    return this.cells.get(id)?.get(column) ?? null;
  }

  ofRow(id) {
    return this.cells.get(id) ?? null;
  }

  set(id, column, state) {
    if (!this.cells.has(id)) this.cells.set(id, new Map());
    this.cells.get(id).set(column, state);
  }

  clear(id, column) {
    const row = this.cells.get(id);
    row?.delete(column);
    if (row && !row.size) this.cells.delete(id);
  }

  /** How many cells wait for a person: refused or in conflict. */
  open() {
    let count = 0;
    for (const row of this.cells.values()) {
      for (const state of row.values()) if (state.kind === "refused" || state.kind === "conflict") count += 1;
    }
    return count;
  }
}
