// A session over time: expressions, answers, attendance and annotations, as charts, as a readout under the pointer and
// as a table. Without cameras, students' answers are the main chart.
import { setText } from "../lib/dom.js";
import { TIMELINE } from "../lib/texts.js";
import { clockTime } from "../lib/time.js";
import { drawAnswers, drawMood, drawPresence } from "./charts.js";
import { describeAnswers, describeCoverage, describeFaces } from "./readout.js";
import { fillTable } from "./table.js";
import { findWindow } from "./windows.js";

export class Timeline {
  #windows = new Map();
  #answers = new Map();
  #annotations = [];
  #charts = [];
  #drawing = null;
  #places;
  #readout;
  #details;
  #options;

  // `root` holds [data-readout], a details element with the table, and the wanted ones of [data-mood-chart],
  // [data-answers-chart] and [data-presence-chart]. Options: windowS, hasPresence (a class, whose students are counted),
  // isLive, isSmall, readsFaces, isAnonymous, usualNegative (the share of negative expressions before, or null).
  constructor(root, options) {
    this.#options = { readsFaces: true, usualNegative: null, ...options };
    this.#places = {
      mood: root.querySelector("[data-mood-chart]"),
      answers: root.querySelector("[data-answers-chart]"),
      presence: options.hasPresence ? root.querySelector("[data-presence-chart]") : null,
    };
    this.#readout = root.querySelector("[data-readout]");
    this.#details = root.querySelector("details");
    this.#details.addEventListener("toggle", () => this.#refreshTable());
    document.addEventListener("attune:theme", () => this.#draw());
    this.#redrawOnResize();
  }

  // `answers` has rows only for windows with a valid answer. Later windows, closed since the fetch, stay with theirs.
  replace(windows, { answers = [], annotations = this.#annotations, ...options } = {}) {
    Object.assign(this.#options, options);
    this.#annotations = annotations;
    this.#answers = new Map([...this.#answers].filter(([at]) => at > (windows.at(-1)?.at ?? Infinity)));
    this.#store(windows, answers);
    this.#refresh();
  }

  // A small timeline is one narrow chart without axes.
  setSmall(isSmall) {
    this.#options.isSmall = isSmall;
    this.#draw();
  }

  clear() {
    this.#windows.clear();
    this.replace([], { annotations: [] });
  }

  add(windows, answers = []) {
    if (!windows.length) return;
    this.#store(windows, answers);
    this.#refresh();
  }

  annotate(annotations) {
    this.#annotations = annotations;
    this.#refresh();
  }

  // Shows the window at that time, in seconds since 1970, as if the pointer were there.
  pointAt(at) {
    const [main] = this.#charts;
    const window = findWindow(this.#sorted, this.#options.windowS, at);
    if (!main || !window) return;
    main.setCursor({ left: main.valToPos(window.at + this.#options.windowS / 2, "x"), top: 0 });
  }

  get #sorted() {
    const windows = [...this.#windows.values()].sort((a, b) => a.at - b.at);
    return windows.map((window) => ({ ...window, answers: this.#answers.get(window.at) ?? null }));
  }

  #store(windows, answers) {
    for (const each of windows) {
      this.#windows.set(each.at, each);
      this.#answers.delete(each.at); // those of the running window, when it closes without any
    }
    for (const { at, answers: given } of answers) if (Object.values(given).some(Boolean)) this.#answers.set(at, given);
  }

  #redrawOnResize() {
    let drawnWidth = 0;
    new ResizeObserver(() => {
      const width = this.#places.mood.clientWidth;
      if (width === drawnWidth) return;
      drawnWidth = width;
      this.#draw();
    }).observe(this.#places.mood);
  }

  // Several changes are drawn together in the next frame. A hidden page has no frames, so nothing is drawn there.
  #refresh() {
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
    const { windowS, isLive, isSmall, hasPresence, readsFaces } = this.#options;
    const onPoint = (at) => this.#showReadout(at === null ? null : windows.find((window) => window.at === at));
    const options = { width, isLive, isSmall, isClass: hasPresence, readsFaces, annotations: this.#annotations };
    const { mood, answers, presence } = this.#places;
    const drawMain = readsFaces ? drawMood : drawAnswers;
    this.#charts.push(drawMain(mood, windows, windowS, { ...options, onPoint, isMain: true }));
    if (readsFaces && answers && !isSmall) this.#charts.push(drawAnswers(answers, windows, windowS, options));
    if (presence && !isSmall) this.#charts.push(drawPresence(presence, windows, windowS, options));
    this.#showReadout(null);
  }

  // Without a pointer, a live timeline shows its latest window and a past one a hint.
  #showReadout(window) {
    const part = (name) => this.#readout.querySelector(`[data-${name}]`);
    const [time, coverage, shares] = ["time", "coverage", "shares"].map(part);
    const { isLive, readsFaces } = this.#options;
    const shown = window ?? (isLive ? this.#sorted.at(-1) : null);
    setText(time, shown ? clockTime(shown.at) : "");
    setText(coverage, shown ? describeCoverage(shown, this.#options) : "");
    if (!shown) {
      shares.replaceChildren(isLive ? TIMELINE.nothingYet : TIMELINE.pointAtChart);
      return;
    }
    const faces = readsFaces ? describeFaces(shown, this.#options) : [];
    const answers = this.#places.answers || !readsFaces ? describeAnswers(shown.answers) : [];
    shares.replaceChildren(...faces, ...answers);
  }

  #refreshTable() {
    if (!this.#details.open) return;
    const parts = { ...this.#options, hasAnswers: this.#answers.size > 0, annotations: this.#annotations };
    fillTable(this.#details.querySelector("table"), this.#sorted, parts);
  }
}
