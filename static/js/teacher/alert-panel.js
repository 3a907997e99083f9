// The alerts of the class, newest first. The server sends the whole list; only what differs is touched.
import { el, icon, setData, setText } from "../lib/dom.js";
import { clockTime } from "../lib/time.js";
import { ALERTS } from "./alert-texts.js";

export class AlertPanel {
  // How often a list was shown: a fetch that was overtaken by the socket can tell.
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
    alerts.forEach((alert, place) => this.#place(this.#itemOf(alert).element, place));
    this.#quiet.hidden = alerts.length > 0;
    this.#list.hidden = alerts.length === 0;
    this.#marks = marksOf(alerts);
    this.markTiles();
  }

  // After tiles came or went, too.
  markTiles() {
    for (const tile of this.#root.querySelectorAll(".tile[data-student-id]")) {
      setData(tile, "alert", this.#marks.get(Number(tile.dataset.studentId)) ?? null);
    }
  }

  #itemOf(alert) {
    if (!this.#items.has(alert.id)) this.#items.set(alert.id, new AlertItem(() => this.#acknowledge(alert.id)));
    const item = this.#items.get(alert.id);
    item.update(alert);
    return item;
  }

  #place(element, place) {
    const there = this.#list.children[place] ?? null;
    if (there !== element) this.#list.insertBefore(element, there);
  }

  // The first list is on the page already when a screen reader comes to it.
  #announce(fresh) {
    if (this.shown === 0 || fresh.length === 0) return;
    setText(
      this.#announcer,
      fresh.map(({ name, reason }) => ALERTS.announced(name ?? ALERTS.theClass, reason)).join(" "),
    );
  }

  async #acknowledge(id) {
    const item = this.#items.get(id);
    try {
      const response = await fetch(`${this.#url}${id}/acknowledge/`, {
        method: "POST",
        headers: { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
      });
      if (!response.ok) throw new Error(`The acknowledgement answered ${response.status}.`);
      item.update(await response.json());
      item.element.focus();
    } catch {
      item.fail();
    }
  }
}

class AlertItem {
  constructor(onGotIt) {
    this.name = el("strong", { class: "alert__name" });
    this.reason = el("span", { class: "alert__reason" });
    this.time = el("span", { class: "alert__time" });
    this.about = el("span", { class: "visually-hidden" });
    this.button = el(
      "button",
      { class: "button button--quiet button--small", type: "button" },
      ALERTS.gotIt,
      " ",
      this.about,
    );
    this.button.addEventListener("click", onGotIt);
    this.noted = el("span", { class: "alert__noted", hidden: "" }, icon("check"), ALERTS.noted);
    this.problem = el("span", { class: "alert__problem", role: "status" });
    this.element = el(
      "li",
      { class: "alert", "data-testid": "alert", tabindex: "-1" },
      el("span", { class: "alert__text" }, this.name, this.reason),
      this.time,
      el("span", { class: "alert__answer" }, this.problem, this.button, this.noted),
    );
  }

  update(alert) {
    const name = alert.name ?? ALERTS.theClass;
    setData(this.element, "kind", alert.kind);
    setData(this.element, "open", alert.recovered_at === null ? "yes" : "no");
    setData(this.element, "noted", alert.acknowledged_at === null ? null : "yes");
    setText(this.name, name);
    setText(this.reason, alert.reason);
    setText(this.time, timeOf(alert));
    setText(this.about, ALERTS.gotItAbout(name));
    setText(this.problem, "");
    this.button.hidden = alert.acknowledged_at !== null || alert.recovered_at !== null;
    this.noted.hidden = alert.acknowledged_at === null;
  }

  fail() {
    setText(this.problem, ALERTS.failed);
  }
}

function timeOf({ since, recovering_at, recovered_at }) {
  if (recovered_at !== null) return ALERTS.over(clockTime(since), clockTime(recovered_at));
  return recovering_at === null ? ALERTS.since(clockTime(since)) : ALERTS.easing(clockTime(since));
}

// Students with an open alert: "new" until the teacher has noted all of hers.
function marksOf(alerts) {
  const marks = new Map();
  for (const { student, recovered_at, acknowledged_at } of alerts) {
    if (student === null || recovered_at !== null) continue;
    if (marks.get(student) !== "new") marks.set(student, acknowledged_at === null ? "new" : "noted");
  }
  return marks;
}
