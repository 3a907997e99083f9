// A session over time: expressions, answers, attendance and annotations, as charts, as a readout under the pointer and
// as a table. Without cameras, students' answers are the main chart.
import { drawAnswers, drawMood, drawPresence } from "./charts.js";
import { fillReadout } from "./readout.js";
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
  // [data-answers-chart] and [data-presence-chart]. Options: windowS, hasPresence (a class, whose students are
  // counted), isLive, isSmall, readsFaces, isAnonymous, usualNegative (the earlier share of negative expressions, or
  // null), onChoose (receives the time of a click in the main chart).
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
    if (options.onChoose) this.#places.mood.addEventListener("click", (event) => this.#choose(event));
  }

  // `answers` has rows only for windows with a valid answer. Later windows, closed since the fetch, keep theirs.
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

  // Use the place of the click: a chart that was just redrawn has not seen the pointer yet.
  #choose({ clientX, clientY }) {
    const [main] = this.#charts;
    if (!main) return;
    const { left, right, top, bottom } = main.over.getBoundingClientRect();
    const isInside = left <= clientX && clientX <= right && top <= clientY && clientY <= bottom;
    if (isInside) this.#options.onChoose(main.posToVal(clientX - left, "x"));
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
    const shown = window ?? (this.#options.isLive ? this.#sorted.at(-1) : null);
    fillReadout(this.#readout, shown, { ...this.#options, hasAnswers: Boolean(this.#places.answers) });
  }

  #refreshTable() {
    if (!this.#details.open) return;
    const parts = { ...this.#options, hasAnswers: this.#answers.size > 0, annotations: this.#annotations };
    fillTable(this.#details.querySelector("table"), this.#sorted, parts);
  }
}
