/* Rows as the server sends them: id, version, lock, then the values of the columns that were asked for. */

/** Puts the values of rows that hold some columns at these columns' places. */
export function spread(rows, places) {
  return rows.map(([id, version, lock, ...values]) => {
    const all = [];
    places.forEach((place, index) => { all[place] = values[index]; });
    return [id, version, lock, ...all];
  });
}

/** The rows that came with the page, when they hold every column that is needed; `names` are all columns' names. */
export function served(first, names, needed) {
  if (!first) return null;
  const places = first.columns.map((name) => names.indexOf(name));
  return needed.every((place) => places.includes(place)) ? spread(first.rows, places) : null;
}

export function asItem([id, version, lock, ...v]) {
  return { id, version, lock, v };
}
