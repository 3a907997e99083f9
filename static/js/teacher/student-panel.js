// A sheet with one student's session so far, opened from the student's tile. The page next to it stays usable. Escape
// closes the sheet and returns to the tile.
import { el, setData, setText } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { load } from "../lib/requests.js";
import { clockTime, shortClockTime } from "../lib/time.js";
import { Timeline } from "../timeline/timeline.js";
import { listAnnotations, listEvents, listFigures } from "./student-details.js";
import { STATE_LABELS, STUDENT } from "./texts.js";

const REFRESH_MS = 10_000;

export class StudentPanel {
  #dialog;
  #timeline = null;
  #studentId = null;
  #timer = null;
  #shownAt = null;
  #hasEnded = false;

  constructor(dialog) {
    this.#dialog = dialog;
    dialog.addEventListener("close", () => this.#onClose());
    document.addEventListener("keydown", (event) => this.#onKey(event));
  }

  open(data) {
    const { id } = data;
    this.#studentId = id;
    this.follow(data);
    setText(this.#part("problem"), "");
    this.#part("history").href = this.#dialog.dataset.historyUrl.replace("/0/", `/${id}/`);
    this.#part("known").hidden = true;
    this.#shownAt = null;
    // Reopened for another student, so that the focus returns to the latest tile.
    this.#dialog.close();
    this.#dialog.show();
    this.#dialog.scrollTop = 0;
    this.#refresh();
  }

  // Shows what a student's tile shows now, if the sheet is about that student.
  follow({ id, name, state }) {
    if (id !== this.#studentId) return;
    setText(this.#part("name"), name);
    setText(this.#part("state"), STATE_LABELS[state]);
  }

  close() {
    this.#dialog.close();
  }

  // The class has ended: nothing changes any more.
  stop() {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
  }

  async #refresh() {
    clearTimeout(this.#timer);
    const id = this.#studentId;
    try {
      const details = await this.#load(id);
      if (id === this.#studentId) this.#show(details);
    } catch {
      if (id === this.#studentId) this.#showStale();
    }
    if (this.#hasEnded || id === null || id !== this.#studentId) return;
    this.#timer = setTimeout(() => this.#refresh(), REFRESH_MS);
  }

  // Resolves to null if the student has not joined this class.
  async #load(id) {
    try {
      return await load(this.#dialog.dataset.url.replace("/0/", `/${id}/`));
    } catch (error) {
      if (error.status === 404) return null;
      throw error;
    }
  }

  #show(details) {
    setText(this.#part("problem"), details ? "" : STUDENT.notJoined);
    setData(this.#dialog, "stale", null);
    this.#part("known").hidden = details === null;
    if (details === null) return;
    this.#shownAt = Date.now() / 1000;
    this.#part("figures").replaceChildren(...listFigures(details).map(buildFigure));
    const events = listEvents(details);
    this.#part("events").replaceChildren(...events.map(buildEvent));
    this.#part("no-events").hidden = events.length > 0;
    const page = document.querySelector("[data-live]").dataset;
    const readsFaces = page.readsFaces === "yes" && page.anonymous !== "yes";
    setData(this.#dialog, "readsFaces", readsFaces ? "yes" : "no");
    this.#timeline ??= new Timeline(this.#part("timeline"), { windowS: details.window_s, isLive: true, readsFaces });
    const { timeline, answers } = details;
    this.#timeline.replace(timeline, { answers, annotations: listAnnotations(details), readsFaces });
  }

  #showStale() {
    setText(this.#part("problem"), STUDENT.failed(this.#shownAt && clockTime(this.#shownAt)));
    setData(this.#dialog, "stale", "yes");
  }

  // A dialog or form in front of the sheet handles Escape itself.
  #onKey(event) {
    if (event.key !== "Escape" || !this.#dialog.open || document.querySelector("dialog:modal")) return;
    if (!event.target.closest("form")) this.#dialog.close();
  }

  #onClose() {
    if (this.#dialog.open) return;
    this.#studentId = null;
    clearTimeout(this.#timer);
    this.#timeline?.clear();
  }

  #part(name) {
    return this.#dialog.querySelector(`[data-part="${name}"]`);
  }
}

function buildFigure([label, value]) {
  return el("div", { class: "figure" }, el("dt", {}, label), el("dd", {}, value));
}

function buildEvent({ at, icon: iconName, answer, text }) {
  const time = el("time", { class: "faint" }, shortClockTime(at));
  return el("li", { class: "event", "data-answer": answer }, icon(iconName), time, el("span", {}, text));
}
