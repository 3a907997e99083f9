// The shares of the seven expressions over a session: a chart, a readout under the pointer, and the same as a table.
import { el, setText } from "./dom.js";
import { EXPRESSIONS, glyph, letter, percent } from "./expressions.js";
import { drawMood, drawPresence } from "./mood-charts.js";
import { fillTable } from "./mood-table.js";
import { CHART_TEXTS } from "./texts.js";
import { clockTime } from "./time.js";

export class MoodTimeline {
  #windows = new Map();
  #charts = [];
  #places;
  #readout;
  #details;
  #options;

  // `root` holds [data-mood-chart], [data-presence-chart] where wanted, [data-readout] and a details element.
  constructor(root, options) {
    this.#options = options;
    this.#places = {
      mood: root.querySelector("[data-mood-chart]"),
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

  replace(windows, windowS = this.#options.windowS) {
    this.#options.windowS = windowS;
    for (const each of windows) this.#windows.set(each.at, each);
    this.#changed();
  }

  add(windows) {
    if (!windows.length) return;
    for (const each of windows) this.#windows.set(each.at, each);
    this.#changed();
  }

  get #sorted() {
    return [...this.#windows.values()].sort((a, b) => a.at - b.at);
  }

  #changed() {
    this.#draw();
    this.#refreshTable();
  }

  #draw() {
    for (const chart of this.#charts) chart.destroy();
    this.#charts = [];
    const windows = this.#sorted;
    const width = this.#places.mood.clientWidth;
    if (!width) return;
    const { windowS, isLive } = this.#options;
    const show = (at) => this.#showReadout(at === null ? null : this.#windows.get(at));
    this.#charts.push(drawMood(this.#places.mood, windows, windowS, { width, isLive, onPoint: show }));
    if (this.#places.presence) {
      this.#charts.push(drawPresence(this.#places.presence, windows, windowS, { width, isLive }));
    }
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
    const coverage = this.#options.hasPresence ? CHART_TEXTS.seenOf(shown.seen, shown.present) : "";
    setText(this.#readout.querySelector("[data-coverage]"), coverage);
    const shares = this.#readout.querySelector("[data-shares]");
    if (!shown.probabilities) {
      shares.replaceChildren(CHART_TEXTS.nobody);
      return;
    }
    const leading = EXPRESSIONS.filter((name) => shown.probabilities[name] >= 0.005);
    shares.replaceChildren(
      ...leading.map((name) => el("span", { class: "readout__share" }, glyph(name), `${letter(name)} ${percent(shown.probabilities[name])}`)),
    );
  }

  #refreshTable() {
    if (this.#details.open) fillTable(this.#details.querySelector("table"), this.#sorted, this.#options.hasPresence);
  }
}
