// Annotations of the session's timeline: the teacher's markers, and the moments when alerts fired.
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

  // Alerts have id, fired_at, student and name. `fired` are all that were fetched, `current` those in the panel, some
  // of which may have fired since.
  setAlerts(fired, current) {
    this.#alerts.clear();
    this.addAlerts([...fired, ...current]);
  }

  // Ended ones leave the panel but stay on the timeline; those that another explains leave both.
  addAlerts(alerts) {
    for (const alert of alerts) {
      this.#alerts.set(alert.id, alert);
      for (const { id } of alert.explains ?? []) this.#alerts.delete(id);
    }
    this.#onChange(this.all);
  }

  get all() {
    return [...this.#markers, ...[...this.#alerts.values()].map(toAnnotation)].sort((a, b) => a.at - b.at);
  }
}

// An alert about one student is small: a large class may have many.
export function toAnnotation({ fired_at, student, name }) {
  return { at: fired_at, text: ALERTS.annotation(name ?? ALERTS.theClass), isAlert: true, isSmall: student !== null };
}
