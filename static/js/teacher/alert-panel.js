// The class's alerts, in the server's order: those that need attention come first. The server sends the whole list, but
// only changes are touched.
import { EventAnnouncer } from "../lib/announcer.js";
import { setData, setText } from "../lib/dom.js";
import { send } from "../lib/requests.js";
import { groupAlerts, newestId, selectUnacknowledged } from "./alert-groups.js";
import { AlertItem } from "./alert-item.js";
import { AlertSignals } from "./alert-signals.js";
import { ALERTS } from "./alert-texts.js";
import { KnownAlerts } from "./known-alerts.js";

export class AlertPanel {
  // How many lists were shown, so that a fetch can tell whether the socket overtook it.
  shown = 0;
  #root;
  #section;
  #heading;
  #url;
  #user;
  #list;
  #quiet;
  #noteAll;
  #problem;
  #announcer;
  #alerts = [];
  #items = new Map();
  #known = new KnownAlerts();
  #marks = new Map();
  #signals;

  constructor(root) {
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.#root = root;
    this.#section = part("alerts");
    this.#heading = this.#section.querySelector("h2");
    this.#url = this.#section.dataset.url;
    this.#user = Number(this.#section.dataset.user);
    this.#list = part("alerts-list");
    this.#quiet = part("alerts-quiet");
    this.#noteAll = part("alerts-note-all");
    this.#problem = part("alerts-problem");
    this.#announcer = new EventAnnouncer(part("alerts-announcer"));
    this.#signals = new AlertSignals(root);
    this.#noteAll.addEventListener("click", () => this.#acknowledgeAll());
  }

  show(alerts) {
    const entries = groupAlerts(alerts);
    this.#announce(this.#known.takeFresh(entries.filter(({ recovered_at }) => recovered_at === null)));
    this.shown += 1;
    this.#alerts = alerts;
    const focused = this.#section.contains(document.activeElement) ? document.activeElement : null;
    const item = focused?.closest("li");
    const ids = new Set(entries.map((entry) => entry.id));
    for (const [id, { element }] of this.#items) {
      if (ids.has(id)) continue;
      element.remove();
      this.#items.delete(id);
    }
    for (const [index, entry] of entries.entries()) this.#place(this.#update(entry).element, index);
    const unacknowledged = selectUnacknowledged(entries);
    this.#quiet.hidden = alerts.length > 0;
    this.#list.hidden = alerts.length === 0;
    this.#noteAll.hidden = unacknowledged.length < 2;
    // An element that moves, is hidden or disappears loses the focus.
    const next = focused && [focused, item, this.#list, this.#heading].find((each) => each?.checkVisibility());
    if (next && next !== document.activeElement) next.focus();
    setText(this.#problem, "");
    this.#marks = markStudents(alerts);
    this.markTiles();
    this.#signals.show(unacknowledged);
  }

  get alerts() {
    return this.#alerts;
  }

  // Also call this after adding tiles.
  markTiles() {
    for (const tile of this.#root.querySelectorAll(".tile[data-student-id]")) {
      setData(tile, "alert", this.#marks.get(Number(tile.dataset.studentId)) ?? null);
    }
  }

  // The class has ended.
  stop() {
    this.#signals.stop();
  }

  #update(entry) {
    if (!this.#items.has(entry.id)) {
      const acknowledge = () => (entry.isGroup ? this.#acknowledgeAll(entry.kind) : this.#acknowledge(entry.id));
      this.#items.set(entry.id, new AlertItem(this.#user, acknowledge));
    }
    const item = this.#items.get(entry.id);
    item.update(entry);
    return item;
  }

  #place(element, index) {
    const current = this.#list.children[index] ?? null;
    if (current !== element) this.#list.insertBefore(element, current);
  }

  // Nothing in the first list is new: a screen reader reads it with the page.
  #announce(fresh) {
    this.#announcer.add(fresh.map(({ name, reason }) => ALERTS.announced(name ?? ALERTS.theClass, reason)));
  }

  async #acknowledge(id) {
    const item = this.#items.get(id);
    try {
      const noted = await send("POST", `${this.#url}${id}/acknowledge/`);
      item.element.focus();
      this.show(this.#alerts.map((alert) => (alert.id === id ? { ...alert, ...noted } : alert)));
    } catch {
      item.fail();
    }
  }

  // All that are in view, or those of a group, which are of one kind.
  async #acknowledgeAll(kind) {
    try {
      const alerts = await send("POST", `${this.#url}acknowledge/`, { newest: newestId(this.#alerts), kind });
      this.#list.focus();
      this.show(alerts);
    } catch {
      setText(this.#problem, ALERTS.failed);
    }
  }
}

// Marks each student with an open alert: "new", or "noted" once the teacher has acknowledged all of them. The class's
// alert is the new one, not those of the students in it.
export function markStudents(alerts) {
  const marks = new Map();
  const mark = (student, value) => marks.get(student) !== "new" && marks.set(student, value);
  for (const { student, recovered_at, acknowledged_at, explains } of alerts) {
    for (const each of explains) if (each.recovered_at === null) mark(each.student, "noted");
    if (student !== null && recovered_at === null) mark(student, acknowledged_at === null ? "new" : "noted");
  }
  return marks;
}
