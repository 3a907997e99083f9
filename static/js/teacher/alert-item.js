// One alert in the list, with a button to acknowledge it.
import { el, setData, setText } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { clockTime } from "../lib/time.js";
import { ALERTS } from "./alert-texts.js";

export class AlertItem {
  #name = el("strong", { class: "alert__name" });
  #reason = el("span", { class: "alert__reason" });
  #time = el("span", { class: "alert__time" });
  #about = el("span", { class: "visually-hidden" });
  #button;
  #noted = el("span", { class: "alert__noted", hidden: "" }, icon("check"), ALERTS.noted);
  #problem = el("span", { class: "alert__problem", role: "status" });

  constructor(onAcknowledge) {
    const button = { class: "button button--quiet button--small", type: "button" };
    this.#button = el("button", button, ALERTS.gotIt, " ", this.#about);
    this.#button.addEventListener("click", onAcknowledge);
    this.element = el(
      "li",
      { class: "alert", "data-testid": "alert", tabindex: "-1" },
      el("span", { class: "alert__text" }, this.#name, this.#reason),
      this.#time,
      el("span", { class: "alert__answer" }, this.#problem, this.#button, this.#noted),
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
  }

  fail() {
    setText(this.#problem, ALERTS.failed);
  }
}

export function describeTime({ since, recovering_at, recovered_at }) {
  if (recovered_at !== null) return ALERTS.ended(clockTime(since), clockTime(recovered_at));
  return recovering_at === null ? ALERTS.since(clockTime(since)) : ALERTS.easing(clockTime(since));
}
