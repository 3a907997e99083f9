// A line of valences from −1 to 1 around a zero line. The newest is at the right edge.
import { svgElement } from "../lib/dom.js";

const LENGTH = 40;
const WIDTH = 100;
const HEIGHT = 20;

export class Sparkline {
  #line = svgElement("polyline", { class: "spark__line" });
  #shown = "";

  constructor() {
    this.element = svgElement("svg", {
      class: "spark",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    });
    const zero = svgElement("line", { class: "spark__zero", x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2 });
    this.element.append(zero, this.#line);
  }

  show(values) {
    const points = toPoints(values);
    if (points === this.#shown) return;
    this.#shown = points;
    this.#line.setAttribute("points", points);
  }
}

// Returns the points of an SVG polyline.
export function toPoints(values) {
  const first = LENGTH - values.length;
  return values
    .map((value, index) => {
      const x = ((first + index) / (LENGTH - 1)) * WIDTH;
      const y = HEIGHT / 2 - value * (HEIGHT / 2 - 1);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}
