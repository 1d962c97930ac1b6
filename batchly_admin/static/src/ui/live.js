/* Live pages: re-reads the same page every few seconds and swaps the sections that changed. */
import { getText } from "../core/http.js";
import { showTimes } from "./times.js";

const shown = new Map();

function busy(section) {
  return section.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
}

/** Puts the new sections of `html` in place of the old ones, unless somebody is typing there. */
export function swapSections(html, root = document) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const section of root.querySelectorAll("[data-live]")) {
    const next = fresh.querySelector(`[data-live="${section.dataset.live}"]`);
    if (!next || busy(section)) continue;
    const text = next.outerHTML;
    if (shown.get(section.dataset.live) === text) continue;
    shown.set(section.dataset.live, text);
    const at = document.activeElement;
    const spot = section.contains(at) ? [...section.querySelectorAll("a, button")].indexOf(at) : -1;
    const imported = document.importNode(next, true);
    section.replaceWith(imported);
    showTimes(imported.parentNode);
    if (spot >= 0) imported.querySelectorAll("a, button")[spot]?.focus({ preventScroll: true });
  }
  return fresh;
}

/** Starts the loop when the page asks for one. It rests while the tab is hidden and slows down after failures. */
export function startLive() {
  const page = document.querySelector("[data-live-every]");
  const every = Number(page?.dataset.liveEvery ?? 0) * 1000;
  if (!every) return;
  let wait = every;
  const tick = async () => {
    if (!document.hidden && !document.querySelector("dialog[open]")) {
      try {
        const fresh = swapSections(await getText(location.href, { "X-Batchly-Live": "1" }));
        wait = every;
        if (fresh.querySelector('[data-live-done="1"]')) return;
      } catch {
        wait = Math.min(wait * 2, 60_000);
      }
    }
    setTimeout(tick, wait);
  };
  setTimeout(tick, wait);
}
