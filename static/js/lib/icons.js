// Symbols of the sprite in templates/_icons.html.
import { svgElement } from "./dom.js";

export function icon(name) {
  return useSymbol(`icon-${name}`, "icon");
}

export function showIcon(svg, name) {
  svg.firstElementChild.setAttribute("href", `#icon-${name}`);
}

// The shape of an expression.
export function glyph(expression) {
  const svg = useSymbol(`expr-${expression}`, "glyph");
  svg.dataset.expression = expression;
  return svg;
}

export function showGlyph(svg, expression) {
  if (svg.dataset.expression === expression) return;
  svg.dataset.expression = expression;
  svg.firstElementChild.setAttribute("href", `#expr-${expression}`);
}

function useSymbol(id, className) {
  const svg = svgElement("svg", { class: className, "aria-hidden": "true", focusable: "false" });
  svg.append(svgElement("use", { href: `#${id}` }));
  return svg;
}
