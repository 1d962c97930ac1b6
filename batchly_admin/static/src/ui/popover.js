/* Menus and popovers at a button, a point or a cell: one open at a time, Escape and outside clicks close. */
import { h, icon } from "../core/dom.js";
import { t } from "../core/words.js";

let current = null;

export function closePopover() {
  current?.();
}

function place(node, anchor) {
  const box = anchor instanceof Element ? anchor.getBoundingClientRect() : { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y };
  const { offsetWidth: width, offsetHeight: height } = node;
  const wantRight = anchor instanceof Element && anchor.dataset.align === "end";
  let left = wantRight ? box.right - width : box.left;
  let top = box.bottom + 4;
  if (top + height > innerHeight - 8 && box.top - height - 4 > 8) top = box.top - height - 4;
  left = Math.max(8, Math.min(left, innerWidth - width - 8));
  top = Math.max(8, Math.min(top, innerHeight - height - 8));
  node.style.left = `${left}px`;
  node.style.top = `${top}px`;
}

/** Shows `node` at the anchor. Answers a function that closes it. */
export function openPopover(node, anchor, { focus = true, onclose = null, keep = false } = {}) {
  closePopover();
  const before = document.activeElement;
  const trigger = anchor instanceof Element ? anchor : null;
  node.hidden = false;
  if (!keep) document.body.append(node);
  place(node, anchor);
  trigger?.setAttribute("aria-expanded", "true");
  const outside = (event) => {
    if (!node.contains(event.target) && !trigger?.contains(event.target) && !event.target.closest?.(".combo-list")) close(false);
  };
  const keys = (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close(true);
    }
  };
  function close(refocus = true) {
    if (current !== close) return;
    current = null;
    document.removeEventListener("pointerdown", outside, true);
    node.removeEventListener("keydown", keys);
    trigger?.setAttribute("aria-expanded", "false");
    if (keep) node.hidden = true;
    else node.remove();
    if (refocus && before?.isConnected) before.focus({ preventScroll: true });
    onclose?.();
  }
  current = close;
  document.addEventListener("pointerdown", outside, true);
  node.addEventListener("keydown", keys);
  if (focus) (node.querySelector("[data-first], input, select, button:not(:disabled), a") ?? node).focus({ preventScroll: true });
  return close;
}

/** Arrow keys, Home and End move between the items of a menu. */
export function walkWithArrows(node, selector = ".menu-item:not(:disabled)") {
  node.addEventListener("keydown", (event) => {
    const items = [...node.querySelectorAll(selector)];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length)?.focus();
  });
}

/** A menu of [{label, icon, run, detail, danger, disabled, href} | null for a line]. */
export function openMenu(entries, anchor, label = t("Menu"), head = null) {
  const glyphs = entries.some((entry) => entry?.icon);
  const node = h("div", { class: "popover", role: "menu", "aria-label": label, tabIndex: -1 });
  if (head) node.append(h("div", { class: "menu-head", role: "presentation" }, head));
  for (const entry of entries) {
    if (!entry) {
      node.append(h("hr", { class: "menu-sep" }));
      continue;
    }
    const inner = [entry.icon ? icon(entry.icon) : glyphs && h("span", { class: "icon" }), h("span", {}, entry.label), entry.detail && h("span", { class: "detail" }, entry.detail)];
    const look = `menu-item${entry.danger ? " danger" : ""}`;
    node.append(
      entry.href
        ? h("a", { class: look, role: "menuitem", href: entry.href }, inner)
        : h("button", { class: look, role: "menuitem", type: "button", disabled: entry.disabled, onclick: () => { close(true); entry.run(); } }, inner),
    );
  }
  walkWithArrows(node);
  const close = openPopover(node, anchor);
  return close;
}
