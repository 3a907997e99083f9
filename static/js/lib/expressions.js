// The seven expressions as pages show them: each has its shape, letter, word and colour.
import { symbol } from "./dom.js";
import { number } from "./i18n.js";
import { BAND_WORDS, EXPRESSION_LETTERS, EXPRESSION_WORDS } from "./texts.js";

// From the pleasant to the unpleasant, so that a stacked bar reads from left to right.
export const EXPRESSIONS = ["happy", "surprise", "neutral", "sad", "fear", "disgust", "angry"];

export const NEGATIVE = ["sad", "fear", "disgust", "angry"];

export const negativeShare = (probabilities) => NEGATIVE.reduce((sum, name) => sum + probabilities[name], 0);

export const word = (name) => EXPRESSION_WORDS[name];
export const letter = (name) => EXPRESSION_LETTERS[name];

export function glyph(name) {
  const svg = symbol(`expr-${name}`, "glyph");
  svg.dataset.expression = name;
  return svg;
}

export function showGlyph(svg, name) {
  if (svg.dataset.expression === name) return;
  svg.dataset.expression = name;
  svg.firstElementChild.setAttribute("href", `#expr-${name}`);
}

// How sure a reading is, as a word: numbers look more exact than they are.
export function band(confidence) {
  if (confidence < 0.45) return BAND_WORDS.unsure;
  return confidence < 0.7 ? BAND_WORDS.likely : BAND_WORDS.clear;
}

export function percent(share) {
  // Of four decimals, as classroom/rounding.py does: the same figure reads the same on every page and in exports.
  return `${number(Math.round(Math.round(share * 10000) / 100))} %`;
}

// Asking for a style makes the browser bring the whole page up to date first, so each answer is kept.
const resolved = new Map();
document.addEventListener("attune:theme", () => resolved.clear());

// The colour a token has in the theme of the moment, as canvas understands it.
export function resolveColour(token) {
  if (!resolved.has(token)) resolved.set(token, colourOf(token));
  return resolved.get(token);
}

function colourOf(token) {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

export function expressionColours() {
  return Object.fromEntries(EXPRESSIONS.map((name) => [name, resolveColour(`--expr-${name}`)]));
}
