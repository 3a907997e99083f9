// The alerts that have been reported, by their own ids: they may later join or leave a group.
import { listIds } from "./alert-groups.js";

export class KnownAlerts {
  #ids = null;

  // Returns the entries (alerts or groups) with no alert that was given before; none the first time.
  takeFresh(entries) {
    const known = this.#ids;
    const fresh = known === null ? [] : entries.filter((entry) => !listIds(entry).some((id) => known.has(id)));
    this.#ids = new Set([...(known ?? []), ...entries.flatMap(listIds)]);
    return fresh;
  }
}
