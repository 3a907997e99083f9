// Colours of css/tokens.css in the current theme, in the form that a canvas takes.
import { ANSWERS } from "./answers.js";
import { SHOWN } from "./expressions.js";

// Reading a computed style forces a layout of the whole page, so colours are cached until the theme changes.
const resolved = new Map();
document.addEventListener("attune:theme", () => resolved.clear());

export function resolveColour(token) {
  if (!resolved.has(token)) resolved.set(token, readColour(token));
  return resolved.get(token);
}

export function shownColours() {
  return SHOWN.map((name) => resolveColour(`--expr-${name}`));
}

export function answerColours() {
  return ANSWERS.map((answer) => resolveColour(`--answer-${answer.replace("_", "-")}`));
}

function readColour(token) {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  // In a contrast theme, elements have the system's colours unless they opt out.
  probe.style.forcedColorAdjust = "none";
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
