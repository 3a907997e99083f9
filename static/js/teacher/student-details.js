// One student's session so far, from the API's answer: figures, events and the timeline's annotations.
import { answerLabel } from "../lib/answers.js";
import { percent } from "../lib/expressions.js";
import { shownMinutes } from "../lib/rounding.js";
import { shortClockTime } from "../lib/time.js";
import { STUDENT } from "./texts.js";
import { toAnnotation } from "./timeline-annotations.js";

// Returns pairs of a label and a value.
export function listFigures({ joined_at, minutes, rejoins, readings, certain }) {
  const figures = [
    [STUDENT.joined, joined_at === null ? "–" : shortClockTime(joined_at)],
    [STUDENT.minutes, shownMinutes(minutes)],
    [STUDENT.rejoins, String(rejoins)],
  ];
  // Null in an anonymous class.
  if (readings === null) return figures;
  return [
    ...figures,
    [STUDENT.readable, readings ? STUDENT.share(certain, readings, percent(certain / readings)) : "–"],
  ];
}

// Answers and alerts, newest first, each with `at`, `icon`, `answer` (null for an alert) and `text`.
export function listEvents({ said, alerts }) {
  const answers = said.map(({ answer, at }) => ({ at, icon: answer, answer, text: answerLabel(answer) }));
  const fired = alerts.map(({ fired_at, recovered_at, reason }) => {
    const text = recovered_at === null ? reason : STUDENT.ended(reason, shortClockTime(recovered_at));
    return { at: fired_at, icon: "alert", answer: null, text };
  });
  return [...answers, ...fired].sort((a, b) => b.at - a.at);
}

// Every alert on this timeline is about one student, so each gets a line and a label.
export function listAnnotations({ markers, alerts }) {
  const fired = alerts.map((alert) => ({ ...toAnnotation(alert), isSmall: false }));
  return [...markers, ...fired].sort((a, b) => a.at - b.at);
}
