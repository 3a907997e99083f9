// A number in the page's title and icon, for a tab behind the video call: how many things need attention.
const MAX_DIGITS = 9;

export class PageBadge {
  #link;
  #href;
  #mark = null;
  #count = 0;

  constructor() {
    this.#link = document.querySelector("link[rel=icon]");
    this.#href = this.#link.href;
  }

  async show(count) {
    const title = titled(document.title, { before: this.#count, count });
    if (document.title !== title) document.title = title;
    if (count === this.#count) return;
    this.#count = count;
    if (count === 0) {
      this.#link.href = this.#href;
      return;
    }
    try {
      this.#mark ??= await (await fetch(this.#href)).text();
    } catch {
      return; // The title has the number.
    }
    // A later call may have finished first.
    if (count === this.#count) this.#link.href = `data:image/svg+xml,${encodeURIComponent(badged(this.#mark, count))}`;
  }
}

// `before`: the number that the title has now. A topic may begin with a number in brackets, too.
export function titled(title, { before, count }) {
  return prefix(count) + title.slice(prefix(before).length);
}

function prefix(count) {
  return count === 0 ? "" : `(${count}) `;
}

// The mark, 28 units wide, with the number in a red disc; more than nine would not be legible.
export function badged(svg, count) {
  const text = count > MAX_DIGITS ? `${MAX_DIGITS}+` : String(count);
  const disc = '<circle cx="18.5" cy="18.5" r="9.5" fill="#b3261e" stroke="#fff"/>';
  const font = 'font-family="sans-serif" font-weight="700" font-size="13" text-anchor="middle"';
  return svg.replace("</svg>", `${disc}<text x="18.5" y="23" fill="#fff" ${font}>${text}</text></svg>`);
}
