// The class as tiles. Only tiles that changed are touched; their order changes at most every ten seconds.
import { compareByName, compareByNeed } from "./order.js";
import { SeatTile } from "./seat-tile.js";
import { StateFilter } from "./state-filter.js";
import { RovingTabindex } from "./roving-tabindex.js";

const REORDER_MS = 10_000;
const COMPACT_FROM = 60;
const FEW = 8;

export class SeatGrid {
  #tiles = new Map();
  #grid;
  #empty;
  #sort;
  #search;
  #filter;
  #keys;
  #reordering = null;

  // onOpen(tile): a tile was clicked, or Enter pressed on it.
  constructor(root, onOpen) {
    this.#grid = root.querySelector("[data-part=grid]");
    this.#empty = root.querySelector("[data-part=no-match]");
    this.#sort = root.querySelector("[data-part=sort]");
    this.#search = root.querySelector("[data-part=search]");
    this.#filter = new StateFilter(root.querySelector("[data-part=states]"), () => this.#showMatching());
    this.#keys = new RovingTabindex(this.#grid);
    this.#grid.addEventListener("click", (event) => {
      const id = event.target.closest(".tile")?.dataset.studentId;
      if (id) onOpen(this.#tiles.get(Number(id)).data);
    });
    this.#sort.addEventListener("change", () => this.#reorder());
    this.#search.addEventListener("input", () => this.#showMatching());
  }

  apply(students) {
    for (const data of students) this.#applyOne(data);
    this.#refresh();
  }

  // The whole class anew: students no longer enrolled disappear.
  replace(students) {
    const ids = new Set(students.map((data) => data.id));
    for (const [id, tile] of this.#tiles) {
      if (ids.has(id)) continue;
      tile.element.remove();
      this.#tiles.delete(id);
    }
    for (const data of students) this.#applyOne(data);
    this.order();
    this.#refresh();
  }

  // No tile moves from under a pointer or the keyboard's focus.
  order() {
    if (!this.#isInUse) this.#reorder();
  }

  #applyOne(data) {
    const tile = this.#tiles.get(data.id);
    if (tile) {
      tile.update(data);
      return;
    }
    this.#tiles.set(data.id, new SeatTile(data));
    this.#grid.append(this.#tiles.get(data.id).element);
  }

  #refresh() {
    this.#grid.dataset.density = density(this.#tiles.size);
    this.#filter.count([...this.#tiles.values()].map((tile) => tile.data.state));
    this.#showMatching();
    if (this.#reordering !== null) return;
    this.#reordering = setTimeout(() => {
      this.#reordering = null;
      this.order();
    }, REORDER_MS);
  }

  get #isInUse() {
    return (
      this.#grid.contains(document.activeElement) ||
      (matchMedia("(hover: hover)").matches && this.#grid.matches(":hover"))
    );
  }

  #reorder() {
    const compare = this.#sort.value === "name" ? compareByName : compareByNeed;
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

  #showMatching() {
    const text = this.#search.value.trim().toLocaleLowerCase();
    let shown = 0;
    for (const { element, data } of this.#tiles.values()) {
      const matches = this.#filter.accepts(data.state) && data.name.toLocaleLowerCase().includes(text);
      if (element.hidden === matches) element.hidden = !matches;
      shown += matches;
    }
    this.#empty.hidden = shown > 0;
    this.#keys.refresh();
  }
}

function density(count) {
  if (count <= FEW) return "few";
  return count >= COMPACT_FROM ? "compact" : "normal";
}
