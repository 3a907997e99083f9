// The tiles as one tab stop: arrow keys, Home and End move the focus among the visible tiles, Enter opens one.
const BUTTON = ".tile__open";

export class RovingTabindex {
  #grid;

  constructor(grid) {
    this.#grid = grid;
    grid.addEventListener("keydown", (event) => this.#onKey(event));
    grid.addEventListener("focusin", (event) => event.target.matches(BUTTON) && this.#setTabStop(event.target));
  }

  // Makes a visible tile the tab stop after tiles were added, removed or hidden.
  refresh() {
    const current = this.#grid.querySelector(`${BUTTON}[tabindex="0"]`);
    if (current && !current.closest("li").hidden) return;
    const [first] = this.#visibleButtons;
    if (first) this.#setTabStop(first);
  }

  get #visibleButtons() {
    return [...this.#grid.children].filter((tile) => !tile.hidden).map((tile) => tile.querySelector(BUTTON));
  }

  #setTabStop(button) {
    for (const other of this.#grid.querySelectorAll(`${BUTTON}[tabindex="0"]`)) other.tabIndex = -1;
    button.tabIndex = 0;
  }

  #onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const buttons = this.#visibleButtons;
    const index = buttons.indexOf(document.activeElement);
    if (index < 0) return;
    const columns = getComputedStyle(this.#grid).gridTemplateColumns.split(" ").length;
    const target = targetIndex(event.key, { index, columns, count: buttons.length });
    if (target === null) return;
    event.preventDefault();
    buttons[target]?.focus();
  }
}

// The index that a key leads to, which may be outside the grid, or null for a key that does not move the focus.
export function targetIndex(key, { index, columns, count }) {
  const targets = {
    ArrowRight: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index + columns,
    ArrowUp: index - columns,
    Home: 0,
    End: count - 1,
  };
  return targets[key] ?? null;
}
