// A session over time: expressions, what students say, who was there and markers, as charts, as a readout under the
// pointer and as a table. Without cameras what students say is the main figure.
import { setText } from "../lib/dom.js";
import { drawAnswers, drawMood, drawPresence } from "./charts.js";
import { answersOf, sharesOf } from "./readout.js";
import { fillTable } from "./table.js";
import { CHART_TEXTS } from "../lib/texts.js";
import { clockTime } from "../lib/time.js";

export class Timeline {
  #windows = new Map();
  #answers = new Map();
  #markers = [];
  #charts = [];
  #drawing = null;
  #places;
  #readout;
  #details;
  #options;

  // `root` holds [data-mood-chart], [data-answers-chart] and [data-presence-chart] where wanted, [data-readout] and a
  // details element. options: windowS, hasPresence, isLive, readsFaces.
  constructor(root, options) {
    this.#options = { readsFaces: true, ...options };
    this.#places = {
      mood: root.querySelector("[data-mood-chart]"),
      answers: root.querySelector("[data-answers-chart]"),
      presence: options.hasPresence ? root.querySelector("[data-presence-chart]") : null,
    };
    this.#readout = root.querySelector("[data-readout]");
    this.#details = root.querySelector("details");
    this.#details.addEventListener("toggle", () => this.#refreshTable());
    document.addEventListener("attune:theme", () => this.#draw());
    let width = 0;
    new ResizeObserver(() => {
      const now = this.#places.mood.clientWidth;
      if (now === width) return;
      width = now;
      this.#draw();
    }).observe(this.#places.mood);
  }

  // `answers` are of windows in which somebody's answer held.
  replace(
    windows,
    {
      windowS = this.#options.windowS,
      answers = [],
      markers = this.#markers,
      readsFaces = this.#options.readsFaces,
    } = {},
  ) {
    Object.assign(this.#options, { windowS, readsFaces });
    this.#markers = markers;
    this.#answers.clear();
    this.#take(windows, answers);
    this.#changed();
  }

  // For another student's session.
  clear() {
    this.#windows.clear();
    this.replace([], { markers: [] });
  }

  add(windows, answers = []) {
    if (!windows.length) return;
    this.#take(windows, answers);
    this.#changed();
  }

  mark(markers) {
    this.#markers = markers;
    this.#changed();
  }

  get #sorted() {
    const windows = [...this.#windows.values()].sort((a, b) => a.at - b.at);
    return windows.map((window) => ({ ...window, answers: this.#answers.get(window.at) ?? null }));
  }

  #take(windows, answers) {
    for (const each of windows) this.#windows.set(each.at, each);
    for (const each of answers) this.#answers.set(each.at, each.answers);
  }

  // Drawn with the next frame, once for all that has changed; not at all while the page is hidden.
  #changed() {
    this.#refreshTable();
    if (this.#drawing !== null) return;
    this.#drawing = requestAnimationFrame(() => {
      this.#drawing = null;
      this.#draw();
    });
  }

  #draw() {
    for (const chart of this.#charts) chart.destroy();
    this.#charts = [];
    const windows = this.#sorted;
    const width = this.#places.mood.clientWidth;
    if (!width) return;
    const { windowS, isLive, readsFaces } = this.#options;
    const onPoint = (at) => this.#showReadout(at === null ? null : windows.find((window) => window.at === at));
    const options = { width, isLive, readsFaces, markers: this.#markers };
    const drawMain = readsFaces ? drawMood : drawAnswers;
    this.#charts.push(drawMain(this.#places.mood, windows, windowS, { ...options, onPoint, isMain: true }));
    if (readsFaces && this.#places.answers)
      this.#charts.push(drawAnswers(this.#places.answers, windows, windowS, options));
    if (this.#places.presence) this.#charts.push(drawPresence(this.#places.presence, windows, windowS, options));
    this.#showReadout(null);
  }

  // Without a pointer a running class shows its latest window; one that is over has no moment to prefer.
  #showReadout(window) {
    const shown = window ?? (this.#options.isLive ? this.#sorted.at(-1) : null);
    if (!shown) {
      for (const name of ["time", "coverage"]) setText(this.#readout.querySelector(`[data-${name}]`), "");
      const hint = this.#options.isLive ? CHART_TEXTS.nothingYet : CHART_TEXTS.pointAtChart;
      this.#readout.querySelector("[data-shares]").replaceChildren(hint);
      return;
    }
    setText(this.#readout.querySelector("[data-time]"), clockTime(shown.at));
    setText(this.#readout.querySelector("[data-coverage]"), this.#coverage(shown));
    const faces = this.#options.readsFaces ? sharesOf(shown.probabilities) : [];
    const said = this.#places.answers || !this.#options.readsFaces ? answersOf(shown.answers) : [];
    this.#readout.querySelector("[data-shares]").replaceChildren(...faces, ...said);
  }

  #coverage({ seen, present }) {
    if (!this.#options.hasPresence) return "";
    return this.#options.readsFaces ? CHART_TEXTS.seenOf(seen, present) : CHART_TEXTS.presentOnly(present);
  }

  #refreshTable() {
    if (!this.#details.open) return;
    const parts = { ...this.#options, hasAnswers: this.#answers.size > 0, markers: this.#markers };
    fillTable(this.#details.querySelector("table"), this.#sorted, parts);
  }
}
