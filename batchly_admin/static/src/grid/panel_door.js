/* The way to the record panel: it is fetched when the first record is opened. */
import { parts } from "./later.js";
import { recordInAddress } from "./panel_address.js";

class PanelDoor {
  constructor(sheet, Sheet) {
    Object.assign(this, { sheet, Sheet, panel: null });
    sheet.area.addEventListener("click", (event) => this.clicked(event), { capture: true });
    // Back and Forward may lead to a record that was open before the page was loaded anew.
    addEventListener("popstate", () => !this.panel && this.openAddress());
    this.openAddress();
  }

  async load() {
    const { Panel } = await parts();
    this.panel ??= new Panel(this.sheet, this.Sheet);
    return this.panel;
  }

  openAddress() {
    const id = recordInAddress();
    if (id) this.load().then((panel) => panel.openLink(id), () => {});
  }

  clicked(event) {
    if (!event.target.closest(".row-handle")) return;
    event.stopPropagation();
    event.preventDefault();
    const cell = this.sheet.grid.getCellFromEvent(event);
    if (cell) this.open(cell.row);
  }

  /** Opens the record of a row. Always handles the key that asked for it. */
  open(row) {
    this.load().then((panel) => panel.open(row), () => {});
    return true;
  }

  takesConflict(id, name) {
    return this.panel?.takesConflict(id, name) ?? false;
  }
}

export function startPanel(sheet, Sheet) {
  sheet.panel = new PanelDoor(sheet, Sheet);
}
