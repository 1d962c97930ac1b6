/* The frame's own behavior: theme, sidebar, drawer, menus in the page, keyboard help. */
import { delegate } from "../core/dom.js";
import { openRemoteDialog } from "./dialog.js";
import { openPopover, walkWithArrows } from "./popover.js";
import { showTimes } from "./times.js";

function keepCookie(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}

function markTheme() {
  const now = document.documentElement.dataset.theme;
  for (const item of document.querySelectorAll("[data-theme-choice]")) {
    const chosen = item.dataset.themeChoice === now;
    item.setAttribute("aria-checked", String(chosen));
    item.querySelector("[data-theme-mark]").hidden = !chosen;
  }
}

function startTheme() {
  markTheme();
  delegate("click", "[data-theme-choice]", (_event, item) => {
    document.documentElement.dataset.theme = item.dataset.themeChoice;
    keepCookie("batchly_theme", item.dataset.themeChoice);
    markTheme();
  });
}

function startSidebar() {
  const root = document.documentElement;
  delegate("click", "[data-toggle-sidebar]", () => {
    const next = root.dataset.sidebar === "closed" ? "open" : "closed";
    root.dataset.sidebar = next;
    keepCookie("batchly_sidebar", next);
    window.dispatchEvent(new Event("resize"));
  });
  const opener = document.querySelector("[data-open-drawer]");
  const drawer = (open) => {
    document.body.classList.toggle("drawer-open", open);
    opener?.setAttribute("aria-expanded", String(open));
    if (open) document.querySelector("#sidebar .nav-link[aria-current], #sidebar .nav-link")?.focus();
    else opener?.focus();
  };
  delegate("click", "[data-open-drawer]", () => drawer(true));
  delegate("click", "[data-close-drawer]", () => drawer(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("drawer-open")) drawer(false);
  });
  document.querySelector('#sidebar [aria-current="page"]')?.scrollIntoView({ block: "nearest" });
}

export function startFrame() {
  startTheme();
  startSidebar();
  delegate("click", "[data-menu]", (_event, trigger) => {
    const menu = document.getElementById(trigger.dataset.menu);
    if (!menu.hidden) return;
    trigger.dataset.align = "end";
    if (!menu.dataset.walks) {
      menu.dataset.walks = "1";
      walkWithArrows(menu);
    }
    openPopover(menu, trigger, { keep: true });
  });
  delegate("click", "[data-dialog-url]", (_event, trigger) => openRemoteDialog(trigger.dataset.dialogUrl, showTimes));
}
