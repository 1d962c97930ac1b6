/* Says a line to screen readers. */

/** Puts the line into the page's live region; the same line twice is said twice. */
export function announce(text) {
  const region = document.getElementById("announce");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => {
    region.textContent = text;
  }, 30);
}
