// What a session's timelines mark: the teacher's markers, and when alerts fired.
import { ALERTS } from "./alert-texts.js";

export class TimelineAnnotations {
  #markers = [];
  #alerts = new Map();
  #onChange;

  constructor(onChange) {
    this.#onChange = onChange;
  }

  setMarkers(markers) {
    this.#markers = markers;
    this.#onChange(this.all);
  }

  // Rows with id, fired_at, student and name. Those that are over leave the panel, but stay marked.
  addAlerts(alerts) {
    for (const alert of alerts) this.#alerts.set(alert.id, alert);
    this.#onChange(this.all);
  }

  get all() {
    return [...this.#markers, ...[...this.#alerts.values()].map(markOf)].sort((a, b) => a.at - b.at);
  }
}

// One about a student is a tick: a large class may have many.
export function markOf({ fired_at, student, name }) {
  return { at: fired_at, text: ALERTS.mark(name ?? ALERTS.theClass), isAlert: true, isSmall: student !== null };
}
