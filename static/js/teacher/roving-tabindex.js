// The tiles as one stop of the Tab key: arrow keys, Home and End move between those shown, Enter opens one.
const BUTTON = ".tile__open";

export class RovingTabindex {
  #grid;

  constructor(grid) {
    this.#grid = grid;
    grid.addEventListener("keydown", (event) => this.#onKey(event));
    grid.addEventListener("focusin", (event) => event.target.matches(BUTTON) && this.#stopAt(event.target));
  }

  // After tiles came, went or were hidden: one of those shown is where Tab comes to.
  refresh() {
    const current = this.#grid.querySelector(`${BUTTON}[tabindex="0"]`);
    if (current && !current.closest("li").hidden) return;
    const first = this.#shown[0];
    if (first) this.#stopAt(first);
  }

  get #shown() {
    return [...this.#grid.children].filter((tile) => !tile.hidden).map((tile) => tile.querySelector(BUTTON));
  }

  #stopAt(button) {
    for (const other of this.#grid.querySelectorAll(`${BUTTON}[tabindex="0"]`)) other.tabIndex = -1;
    button.tabIndex = 0;
  }

  #onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const buttons = this.#shown;
    const at = buttons.indexOf(document.activeElement);
    if (at < 0) return;
    const places = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + this.#columns,
      ArrowUp: at - this.#columns,
      Home: 0,
      End: buttons.length - 1,
    };
    const wanted = buttons[places[event.key]];
    if (!(event.key in places)) return;
    event.preventDefault();
    wanted?.focus();
  }

  get #columns() {
    return getComputedStyle(this.#grid).gridTemplateColumns.split(" ").length;
  }
}
