/* The open record in the page's address: a link to it, and Back closes it. */

export function recordInAddress() {
  return new URLSearchParams(location.search).get("record");
}

function address(id) {
  const params = new URLSearchParams(location.search);
  if (id) params.set("record", id);
  else params.delete("record");
  return params.size ? `?${params}` : location.pathname;
}

export class Address {
  constructor(onmove) {
    // Whether Back leads to this same page without the record.
    this.pushed = false;
    addEventListener("popstate", () => {
      const id = recordInAddress();
      this.pushed = Boolean(id);
      onmove(id);
    });
  }

  write(id, wasOpen) {
    if (recordInAddress() === id) return;
    history[wasOpen ? "replaceState" : "pushState"](history.state, "", address(id));
    if (!wasOpen) this.pushed = true;
  }

  /** The search changed under the open record: the page before is another one now. */
  keep(id) {
    this.pushed = false;
    history.replaceState(history.state, "", address(id));
  }

  drop() {
    if (!recordInAddress()) return;
    if (this.pushed) history.back();
    else history.replaceState(history.state, "", address(null));
    this.pushed = false;
  }
}
