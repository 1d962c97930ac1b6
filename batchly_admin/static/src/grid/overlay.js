/* What stands in place of rows: nothing here yet, nothing matches, could not load. */
import { button, h, icon } from "../core/dom.js";
import { t } from "../core/words.js";

function panel(glyph, title, hint, actions) {
  return h("div", { class: "grid-over" }, h("div", { class: "empty" }, icon(glyph), h("h2", {}, title), hint && h("p", {}, hint), actions.length > 0 && h("div", { class: "row" }, actions)));
}

function emptyPanel(sheet) {
  const { config, query } = sheet;
  if (query.narrowed) {
    return panel("search", t("No {plural} match", { plural: config.plural ?? "rows" }), t("Change or remove the search and filters above."), [button(t("Clear search and filters"), { onclick: () => query.clear() })]);
  }
  const empty = config.empty ?? {};
  return panel("box", empty.title ?? t("No {plural} yet", { plural: config.plural ?? "rows" }), empty.hint, (empty.links ?? []).map((link, index) => h("a", { class: `button${index ? "" : " primary"}`, href: link.href }, link.label)));
}

export function startOverlay(sheet) {
  const { store, root } = sheet;
  let shown = null;
  const put = (node) => {
    shown?.remove();
    shown = node;
    if (node) sheet.area.append(node);
  };
  const settle = () => {
    root.dataset.total = String(store.total);
    if (store.counted && store.total === 0) {
      put(emptyPanel(sheet));
      root.dataset.state = "empty";
    } else if (store.pages.size) {
      put(null);
      root.dataset.state = store.counted ? "ready" : "counting";
    }
  };
  store.on("total", settle);
  store.on("rows", settle);
  store.on("error", (error) => {
    if (store.pages.size) return;
    root.dataset.state = "error";
    put(panel("warn", t("Could not load these rows"), error.message, [button(t("Try again"), { onclick: () => { put(null); sheet.reload(); } }, "refresh")]));
  });
}
