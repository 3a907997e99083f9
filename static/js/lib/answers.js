// The four answers that students choose from, the most urgent for the teacher first.
import { ANSWER_LABELS } from "./texts.js";

export const ANSWERS = ["lost", "too_fast", "too_slow", "all_good"];

export const answerLabel = (answer) => ANSWER_LABELS[answer];
