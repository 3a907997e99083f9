// The alerts that have been told, by their own ids: they may join a group or leave it later.
import { listIds } from "./alert-groups.js";

export class KnownAlerts {
  #ids = null;

  // Returns the entries, alerts or groups, of which no alert was given before: none the first time.
  takeFresh(entries) {
    const known = this.#ids;
    const fresh = known === null ? [] : entries.filter((entry) => !listIds(entry).some((id) => known.has(id)));
    this.#ids = new Set([...(known ?? []), ...entries.flatMap(listIds)]);
    return fresh;
  }
}
