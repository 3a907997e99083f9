// One student's session so far, over the dashboard: opened from her tile, closed by Escape, which leads back there.
import { answerWord } from "../lib/answers.js";
import { el, icon, setText } from "../lib/dom.js";
import { percent } from "../lib/expressions.js";
import { Timeline } from "../timeline/timeline.js";
import { clockTime } from "../lib/time.js";
import { markOf } from "./timeline-annotations.js";
import { STATE_WORDS, STUDENT } from "./texts.js";

const REFRESH_MS = 10_000;

export class StudentPanel {
  #dialog;
  #timeline = null;
  #student = null;
  #timer = null;

  constructor(dialog) {
    this.#dialog = dialog;
    dialog.addEventListener("close", () => this.#closed());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  open({ id, name, state }) {
    this.#student = id;
    setText(this.#part("name"), name);
    setText(this.#part("state"), STATE_WORDS[state]);
    setText(this.#part("problem"), "");
    this.#part("way").href = this.#dialog.dataset.wayUrl.replace("/0/", `/${id}/`);
    this.#part("known").hidden = true;
    this.#dialog.showModal();
    this.#refresh();
  }

  async #refresh() {
    clearTimeout(this.#timer);
    const asked = this.#student;
    try {
      const response = await fetch(this.#dialog.dataset.url.replace("/0/", `/${asked}/`), {
        headers: { Accept: "application/json" },
      });
      if (!response.ok && response.status !== 404) throw new Error(`The student answered ${response.status}.`);
      const known = response.ok ? await response.json() : null;
      if (asked === this.#student) this.#show(known);
    } catch {
      if (asked === this.#student) setText(this.#part("problem"), STUDENT.failed);
    }
    if (asked !== null && asked === this.#student) this.#timer = setTimeout(() => this.#refresh(), REFRESH_MS);
  }

  #show(known) {
    setText(this.#part("problem"), known ? "" : STUDENT.notJoined);
    this.#part("known").hidden = known === null;
    if (known === null) return;
    this.#part("figures").replaceChildren(
      ...figuresOf(known).map(([name, value]) =>
        el("div", { class: "figure" }, el("dt", {}, name), el("dd", {}, value)),
      ),
    );
    const events = eventsOf(known);
    this.#part("events").replaceChildren(...events.map(eventItem));
    this.#part("no-events").hidden = events.length > 0;
    const readsFaces = document.querySelector("[data-live]").dataset.readsFaces === "yes";
    this.#timeline ??= new Timeline(this.#part("timeline"), { windowS: known.window_s, isLive: true, readsFaces });
    this.#timeline.replace(known.timeline, { answers: known.answers, markers: marksOf(known), readsFaces });
  }

  #closed() {
    this.#student = null;
    clearTimeout(this.#timer);
    this.#timeline?.clear();
  }

  #part(name) {
    return this.#dialog.querySelector(`[data-part="${name}"]`);
  }
}

// Hers alone: each alert has its line and label here.
function marksOf({ markers, alerts }) {
  return [...markers, ...alerts.map((alert) => ({ ...markOf(alert), isSmall: false }))].sort((a, b) => a.at - b.at);
}

function figuresOf({ joined_at, minutes, rejoins, readings, certain }) {
  return [
    [STUDENT.joined, joined_at === null ? "–" : clockTime(joined_at).slice(0, 5)],
    [STUDENT.minutes, String(Math.round(Math.round(minutes * 10) / 10))],
    [STUDENT.rejoins, String(rejoins)],
    [STUDENT.seen, readings ? STUDENT.seenOf(certain, readings, percent(certain / readings)) : "–"],
  ];
}

function eventsOf({ said, alerts }) {
  const answers = said.map(({ answer, at }) => ({ at, sign: answer, answer, text: answerWord(answer) }));
  const fired = alerts.map(({ fired_at, recovered_at, reason }) => ({
    at: fired_at,
    sign: "alert",
    text: recovered_at === null ? reason : STUDENT.over(reason, clockTime(recovered_at).slice(0, 5)),
  }));
  return [...answers, ...fired].sort((a, b) => b.at - a.at);
}

function eventItem({ at, sign, answer = null, text }) {
  return el(
    "li",
    { class: "event", "data-answer": answer },
    icon(sign),
    el("time", { class: "faint" }, clockTime(at).slice(0, 5)),
    el("span", {}, text),
  );
}
