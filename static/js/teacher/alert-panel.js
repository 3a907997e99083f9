// The class's alerts, newest first. The server sends the whole list; only what changed is touched.
import { setData, setText } from "../lib/dom.js";
import { send } from "../lib/requests.js";
import { AlertItem } from "./alert-item.js";
import { ALERTS } from "./alert-texts.js";

export class AlertPanel {
  // How often a list was shown, so that a fetch can tell whether the socket overtook it.
  shown = 0;
  #root;
  #url;
  #list;
  #quiet;
  #announcer;
  #items = new Map();
  #marks = new Map();

  constructor(root) {
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.#root = root;
    this.#url = part("alerts").dataset.url;
    this.#list = part("alerts-list");
    this.#quiet = part("alerts-quiet");
    this.#announcer = part("alerts-announcer");
  }

  show(alerts) {
    this.#announce(alerts.filter((alert) => !this.#items.has(alert.id) && alert.recovered_at === null));
    this.shown += 1;
    const ids = new Set(alerts.map((alert) => alert.id));
    for (const [id, item] of this.#items) {
      if (ids.has(id)) continue;
      item.element.remove();
      this.#items.delete(id);
    }
    for (const [index, alert] of alerts.entries()) this.#place(this.#update(alert).element, index);
    this.#quiet.hidden = alerts.length > 0;
    this.#list.hidden = alerts.length === 0;
    this.#marks = markStudents(alerts);
    this.markTiles();
  }

  // Call this after adding tiles, too.
  markTiles() {
    for (const tile of this.#root.querySelectorAll(".tile[data-student-id]")) {
      setData(tile, "alert", this.#marks.get(Number(tile.dataset.studentId)) ?? null);
    }
  }

  #update(alert) {
    if (!this.#items.has(alert.id)) this.#items.set(alert.id, new AlertItem(() => this.#acknowledge(alert.id)));
    const item = this.#items.get(alert.id);
    item.update(alert);
    return item;
  }

  #place(element, index) {
    const current = this.#list.children[index] ?? null;
    if (current !== element) this.#list.insertBefore(element, current);
  }

  // The first list is not announced: a screen reader reads it with the page.
  #announce(fresh) {
    if (this.shown === 0 || fresh.length === 0) return;
    const texts = fresh.map(({ name, reason }) => ALERTS.announced(name ?? ALERTS.theClass, reason));
    setText(this.#announcer, texts.join(" "));
  }

  async #acknowledge(id) {
    const item = this.#items.get(id);
    try {
      item.update(await send("POST", `${this.#url}${id}/acknowledge/`));
      item.element.focus();
    } catch {
      item.fail();
    }
  }
}

// Marks each student with an open alert: "new", or "noted" once the teacher has acknowledged all of them.
export function markStudents(alerts) {
  const marks = new Map();
  for (const { student, recovered_at, acknowledged_at } of alerts) {
    if (student === null || recovered_at !== null) continue;
    if (marks.get(student) !== "new") marks.set(student, acknowledged_at === null ? "new" : "noted");
  }
  return marks;
}
