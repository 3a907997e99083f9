// Describes the seat under the pointer or the focus if seats are too small for words.
import { setText } from "../lib/dom.js";

export class SeatHint {
  #hint;
  #grid;
  #describe;
  #seat = null;

  // describe(seat): the text about a tile's element.
  constructor(hint, grid, describe) {
    this.#hint = hint;
    this.#grid = grid;
    this.#describe = describe;
    const show = ({ target }) => {
      this.#seat = target.closest(".tile");
      this.refresh();
    };
    grid.addEventListener("pointerover", show);
    grid.addEventListener("focusin", show);
    grid.addEventListener("pointerleave", () => this.hide());
    grid.addEventListener("focusout", () => this.hide());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.hide());
  }

  hide() {
    this.#seat = null;
    this.#hint.hidden = true;
  }

  // Call this when a tile has changed or disappeared.
  refresh() {
    const isShown = this.#seat !== null && this.#grid.contains(this.#seat) && !this.#seat.hidden;
    if (isShown && this.#grid.dataset.density === "map") this.#show(this.#seat);
    else this.hide();
  }

  // Above the seat, and within the grid's width.
  #show(seat) {
    setText(this.#hint, this.#describe(seat));
    this.#hint.hidden = false;
    const centre = seat.offsetLeft + (seat.offsetWidth - this.#hint.offsetWidth) / 2;
    const last = this.#grid.offsetLeft + this.#grid.offsetWidth - this.#hint.offsetWidth;
    this.#hint.style.left = `${Math.max(this.#grid.offsetLeft, Math.min(centre, last))}px`;
    this.#hint.style.top = `${seat.offsetTop - this.#hint.offsetHeight}px`;
  }
}
