// The seven expressions and how they are named.
import { number } from "./i18n.js";
import { wholePercent } from "./rounding.js";
import { CONFIDENCE_LABELS, EXPRESSION_LABELS, EXPRESSION_LETTERS } from "./texts.js";

// From pleasant to unpleasant, so that a stacked bar reads from left to right.
export const EXPRESSIONS = ["happy", "surprise", "neutral", "sad", "fear", "disgust", "angry"];

export const NEGATIVE = ["sad", "fear", "disgust", "angry"];

// A student counts as one of these: the expression on their tile, or the reason why it shows none.
export const SHOWN = [...EXPRESSIONS, "uncertain", "unread"];

export const negativeShare = (probabilities) => NEGATIVE.reduce((sum, name) => sum + probabilities[name], 0);

export const negativeCount = (counts) => NEGATIVE.reduce((sum, name) => sum + counts[name], 0);

export const expressionLabel = (name) => EXPRESSION_LABELS[name];
export const expressionLetter = (name) => EXPRESSION_LETTERS[name];

// A reading's confidence as a word, because a number looks more exact than it is.
export function confidenceLabel(confidence) {
  if (confidence < 0.45) return CONFIDENCE_LABELS.unsure;
  return confidence < 0.7 ? CONFIDENCE_LABELS.likely : CONFIDENCE_LABELS.clear;
}

export function percent(share) {
  return `${number(wholePercent(share))} %`;
}
