// One alert in the list, with a button to acknowledge it. The class's alert unfolds into the students it is about.
import { el, setData, setText } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { clockTime } from "../lib/time.js";
import { ALERTS } from "./alert-texts.js";

export class AlertItem {
  #user;
  #name = el("strong", { class: "alert__name" });
  #reason = el("span", { class: "alert__reason" });
  #time = el("span", { class: "alert__time" });
  #about = el("span", { class: "visually-hidden" });
  #button;
  #notedBy = el("span");
  #noted = el("span", { class: "alert__noted", hidden: "" }, icon("check"), this.#notedBy);
  #problem = el("span", { class: "alert__problem", role: "status" });
  #count = el("summary");
  #students = el("ul", { class: "alert__students" });
  #explains = el("details", { class: "alert__explains", hidden: "" }, this.#count, this.#students);

  // `user` is the id of the teacher viewing the page.
  constructor(user, onAcknowledge) {
    this.#user = user;
    const button = { class: "button button--quiet button--small", type: "button" };
    this.#button = el("button", button, ALERTS.gotIt, " ", this.#about);
    this.#button.addEventListener("click", onAcknowledge);
    this.element = el(
      "li",
      { class: "alert", "data-testid": "alert", tabindex: "-1" },
      el("span", { class: "alert__text" }, this.#name, this.#reason),
      this.#time,
      el("span", { class: "alert__answer" }, this.#problem, this.#button, this.#noted),
      this.#explains,
    );
  }

  update(alert) {
    const name = alert.name ?? ALERTS.theClass;
    setData(this.element, "kind", alert.kind);
    setData(this.element, "open", alert.recovered_at === null ? "yes" : "no");
    setData(this.element, "noted", alert.acknowledged_at === null ? null : "yes");
    setText(this.#name, name);
    setText(this.#reason, alert.reason);
    setText(this.#time, describeTime(alert));
    setText(this.#about, ALERTS.gotItAbout(name));
    setText(this.#problem, "");
    this.#button.hidden = alert.acknowledged_at !== null || alert.recovered_at !== null;
    this.#noted.hidden = alert.acknowledged_at === null;
    setText(this.#notedBy, describeNoted(alert, this.#user));
    this.#showExplained(alert.explains);
  }

  fail() {
    setText(this.#problem, ALERTS.failed);
  }

  #showExplained(explains) {
    this.#explains.hidden = explains.length === 0;
    setText(this.#count, ALERTS.students(explains.length));
    const texts = explains.map(({ name, recovered_at }) => (recovered_at === null ? name : ALERTS.over(name)));
    if (texts.join("\n") === [...this.#students.children].map((item) => item.textContent).join("\n")) return;
    this.#students.replaceChildren(...texts.map((text) => el("li", {}, text)));
  }
}

export function describeTime({ since, recovering_at, recovered_at }) {
  if (recovered_at !== null) return ALERTS.ended(clockTime(since), clockTime(recovered_at));
  return recovering_at === null ? ALERTS.since(clockTime(since)) : ALERTS.easing(clockTime(since));
}

// Says who acknowledged the alert, unless it was the teacher on this page or their account was deleted.
export function describeNoted({ acknowledged_by }, user) {
  return acknowledged_by === null || acknowledged_by.id === user ? ALERTS.noted : ALERTS.notedBy(acknowledged_by.name);
}
