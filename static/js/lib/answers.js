// The four answers as pages show them, from the one a teacher should see first.
import { resolveColour } from "./expressions.js";
import { ANSWER_WORDS } from "./texts.js";

export const ANSWERS = ["lost", "too_fast", "too_slow", "all_good"];

export const answerWord = (answer) => ANSWER_WORDS[answer];

export function answerColours() {
  return ANSWERS.map((answer) => resolveColour(`--say-${answer.replace("_", "-")}`));
}
