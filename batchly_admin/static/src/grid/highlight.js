/* Marks what was searched for inside the cells, without touching their nodes. */
const NAME = "search-hit";
const MOST = 500;

function rangesIn(node, words, found) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text && found.length < MOST; text = walker.nextNode()) {
    const low = text.data.toLowerCase();
    if (low.length !== text.data.length) continue;
    for (let at = low.indexOf(words); at >= 0; at = low.indexOf(words, at + words.length)) {
      const range = new Range();
      range.setStart(text, at);
      range.setEnd(text, at + words.length);
      found.push(range);
    }
  }
}

export function startHighlight(sheet) {
  // Browsers that lack it show the same rows without the marks.
  if (!globalThis.CSS?.highlights) return;
  const searched = new Set(sheet.config.search ?? []);
  let planned = 0;
  const draw = () => {
    planned = 0;
    CSS.highlights.delete(NAME);
    const words = sheet.query.search.trim().toLowerCase();
    if (!words) return;
    const found = [];
    const places = sheet.grid.getColumns().flatMap((column, at) => (searched.has(column.id) ? [`.slick-cell.l${at}`] : []));
    if (!places.length) return;
    for (const cell of sheet.area.querySelectorAll(places.join(","))) rangesIn(cell, words, found);
    if (found.length) CSS.highlights.set(NAME, new Highlight(...found));
  };
  const plan = () => {
    if (!planned && (sheet.query.search || CSS.highlights.has(NAME))) planned = requestAnimationFrame(draw);
  };
  sheet.grid.onRendered.subscribe(plan);
  sheet.query.onchange(plan);
  plan();
}
