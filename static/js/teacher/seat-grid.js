// The class as a grid of tiles. Only changed tiles are touched, and the order changes at most every ten seconds.
import { setText } from "../lib/dom.js";
import { compareByName, compareByPriority } from "./order.js";
import { RovingTabindex } from "./roving-tabindex.js";
import { SeatHint } from "./seat-hint.js";
import { SeatTile } from "./seat-tile.js";
import { StateFilter } from "./state-filter.js";
import { MATCHES } from "./texts.js";
import { density, mergeTile } from "./tile-data.js";

const SORT_EVERY_MS = 10_000;

export class SeatGrid {
  // How many updates were applied, so that a fetch can tell which tiles the socket has changed since.
  updates = 0;
  #tiles = new Map();
  #grid;
  #empty;
  #sortField;
  #searchField;
  #matches;
  #filter;
  #tabStop;
  #hint;
  #sortTimer = null;
  #onChange;

  // onOpen(data): a tile was clicked, or Enter was pressed on it. onChange(data): a tile is new, or may have changed.
  constructor(root, { onOpen, onChange }) {
    this.#onChange = onChange;
    this.#grid = root.querySelector("[data-part=grid]");
    this.#empty = root.querySelector("[data-part=no-match]");
    this.#sortField = root.querySelector("[data-part=sort]");
    this.#searchField = root.querySelector("[data-part=search]");
    this.#matches = root.querySelector("[data-part=matches]");
    this.#filter = new StateFilter(root.querySelector("[data-part=states]"), () => this.#find());
    this.#tabStop = new RovingTabindex(this.#grid);
    const describe = (seat) => this.#tiles.get(Number(seat.dataset.studentId)).description;
    this.#hint = new SeatHint(root.querySelector("[data-part=seat-hint]"), this.#grid, describe);
    this.#grid.addEventListener("click", (event) => {
      const id = event.target.closest(".tile")?.dataset.studentId;
      if (id) onOpen(this.#tiles.get(Number(id)).data);
    });
    this.#sortField.addEventListener("change", () => this.#sortNow());
    this.#searchField.addEventListener("input", () => this.#find());
  }

  apply(students) {
    this.updates += 1;
    for (const data of students) {
      const tile = this.#tileOf(data);
      tile.update(data);
      tile.changedIn = this.updates;
      this.#onChange(tile.data);
    }
    this.#refresh();
  }

  get hasJoined() {
    return [...this.#tiles.values()].some((tile) => tile.data.state !== "absent");
  }

  // Replaces the whole class, which was fetched after `updates` updates. Students who are no longer enrolled disappear.
  replace(students, updates) {
    const ids = new Set(students.map((data) => data.id));
    for (const [id, tile] of this.#tiles) {
      if (ids.has(id)) continue;
      tile.element.remove();
      this.#tiles.delete(id);
    }
    for (const data of students) {
      const tile = this.#tileOf(data);
      // An ageing tile keeps the time of its reading, so for equal times the later message wins.
      tile.show(tile.changedIn > updates ? mergeTile(data, tile.data) : data);
      this.#onChange(tile.data);
    }
    this.sort();
    this.#refresh();
  }

  // Sorts the tiles, unless one would move away from under the pointer or the focus.
  sort() {
    if (!this.#isInUse) this.#sortNow();
  }

  // The student's tile, a new one if there is none yet.
  #tileOf(data) {
    if (!this.#tiles.has(data.id)) {
      this.#tiles.set(data.id, new SeatTile(data));
      this.#grid.append(this.#tiles.get(data.id).element);
    }
    return this.#tiles.get(data.id);
  }

  #refresh() {
    this.#grid.dataset.density = density(this.#tiles.size);
    this.#filter.count([...this.#tiles.values()].map((tile) => tile.data.state));
    this.#showMatching();
    if (this.#sortTimer !== null) return;
    this.#sortTimer = setTimeout(() => {
      this.#sortTimer = null;
      this.sort();
    }, SORT_EVERY_MS);
  }

  get #isInUse() {
    return (
      this.#grid.contains(document.activeElement) ||
      (matchMedia("(hover: hover)").matches && this.#grid.matches(":hover"))
    );
  }

  #sortNow() {
    const compare = this.#sortField.value === "name" ? compareByName : compareByPriority;
    const wanted = [...this.#tiles.values()]
      .map((tile) => ({ ...tile.data, element: tile.element, alert: tile.element.dataset.alert }))
      .sort(compare)
      .map(({ element }) => element);
    let place = this.#grid.firstElementChild;
    for (const element of wanted) {
      if (element === place) place = place.nextElementSibling;
      else this.#grid.insertBefore(element, place);
    }
  }

  // Tells a screen reader what the teacher's choice leads to.
  #find() {
    setText(this.#matches, MATCHES(this.#showMatching()));
  }

  // Returns how many students match. The tile with the focus stays, or the focus would be lost.
  #showMatching() {
    const text = this.#searchField.value.trim().toLocaleLowerCase();
    let shown = 0;
    for (const { element, data } of this.#tiles.values()) {
      const isWanted = this.#filter.accepts(data.state) && data.name.toLocaleLowerCase().includes(text);
      const matches = isWanted || element.contains(document.activeElement);
      if (element.hidden === matches) element.hidden = !matches;
      shown += matches;
    }
    this.#empty.hidden = shown > 0;
    this.#tabStop.refresh();
    this.#hint.refresh();
    return shown;
  }
}
