/* Live pages: re-reads the same page every few seconds and swaps the sections that changed. */
import { announce } from "../core/announce.js";
import { getIfChanged, getText } from "../core/http.js";
import { t } from "../core/words.js";
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

const SOON = 1000;
const LONGEST = 60_000;

function rests() {
  return Boolean(document.querySelector("dialog[open]"));
}

async function redraw() {
  return swapSections(await getText(location.href, { "X-Batchly-Live": "1" }));
}

/** Re-reads the page itself every time. */
function plain() {
  return async () => {
    const fresh = await redraw();
    return fresh.querySelector('[data-live-done="1"]') ? "done" : "";
  };
}

/** Asks a small address first, and re-reads the page only when its answer is a new one. */
function pulsing(url) {
  let tag = "";
  let said = "";
  let busy = false;
  return async () => {
    const answer = await getIfChanged(url, tag);
    if (!answer) return busy ? "soon" : "";
    const { words } = answer.body;
    // Drawn before the tag is kept: when the drawing fails, the next turn tries it again.
    await redraw();
    tag = answer.tag;
    busy = answer.body.busy;
    if (said && words !== said) announce(words);
    said = words;
    return busy ? "soon" : "";
  };
}

function state(text) {
  const place = document.querySelector("[data-live-state]");
  if (place && place.textContent !== text) place.textContent = text;
}

/** Starts the loop when the page asks for one. It stops while the tab is hidden and slows down after failures. */
export function startLive() {
  const page = document.querySelector("[data-live-every]");
  const every = Number(page?.dataset.liveEvery ?? 0) * 1000;
  if (!every) return;
  const look = page.dataset.livePulse ? pulsing(page.dataset.livePulse) : plain();
  let wait = every;
  let timer = 0;
  let over = false;
  const tick = async () => {
    timer = 0;
    try {
      const found = rests() ? "" : await look();
      over = found === "done";
      wait = found === "soon" ? SOON : every;
      state("");
    } catch {
      wait = Math.min(Math.max(wait, every) * 2, LONGEST);
      state(t("The server does not answer; what you see may be old."));
    }
    plan();
  };
  const plan = () => {
    if (!timer && !over && !document.hidden) timer = setTimeout(tick, wait);
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    timer = 0;
    if (!document.hidden && !over) tick();
  });
  plan();
}
