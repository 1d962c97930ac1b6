/* The way to find and replace: the bar is fetched when it is first asked for. */
import { parts } from "./later.js";

class FindDoor {
  constructor(sheet) {
    Object.assign(this, { sheet, bar: null });
    document.addEventListener("keydown", (event) => this.onKey(event));
  }

  onKey(event) {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !["f", "h"].includes(key)) return;
    // A second Ctrl+F is the browser's own.
    if (event.target.closest?.("dialog") || (key === "f" && this.bar && event.target === this.bar.what)) return;
    event.preventDefault();
    this.open(key === "h");
  }

  async open(replace) {
    try {
      const { FindBar } = await parts();
      this.bar ??= new FindBar(this.sheet);
      this.bar.open(replace);
    } catch {
      // parts() has said it.
    }
  }
}

export function startFind(sheet) {
  sheet.find = new FindDoor(sheet);
}
