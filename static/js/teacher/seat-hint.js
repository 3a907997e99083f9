// Names the seat under the pointer or the focus if seats are too small to show names.
import { setText } from "../lib/dom.js";

export class SeatHint {
  #hint;
  #grid;

  // describe(seat): the text about a tile's element.
  constructor(hint, grid, describe) {
    this.#hint = hint;
    this.#grid = grid;
    const show = ({ target }) => {
      const seat = target.closest(".tile");
      if (seat && grid.dataset.density === "map") this.#show(seat, describe(seat));
    };
    grid.addEventListener("pointerover", show);
    grid.addEventListener("focusin", show);
    grid.addEventListener("pointerleave", () => this.hide());
    grid.addEventListener("focusout", () => this.hide());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.hide());
  }

  hide() {
    this.#hint.hidden = true;
  }

  // Above the seat, and within the grid's width.
  #show(seat, text) {
    setText(this.#hint, text);
    this.#hint.hidden = false;
    const centre = seat.offsetLeft + (seat.offsetWidth - this.#hint.offsetWidth) / 2;
    const last = this.#grid.offsetLeft + this.#grid.offsetWidth - this.#hint.offsetWidth;
    this.#hint.style.left = `${Math.max(this.#grid.offsetLeft, Math.min(centre, last))}px`;
    this.#hint.style.top = `${seat.offsetTop - this.#hint.offsetHeight}px`;
  }
}
