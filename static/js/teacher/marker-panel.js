// The teacher's markers: a button and the key "m" open a small form; each may be renamed and removed.
import { el, icon, setText } from "../lib/dom.js";
import { send } from "../lib/requests.js";
import { clockTime } from "../lib/time.js";
import { MARKERS } from "./texts.js";

const FIELDS = "input, textarea, select, [contenteditable]";

export class MarkerPanel {
  #root;
  #url;
  #form;
  #field;
  #opener;
  #list;
  #editing = null;
  #returnTo = null;
  // How often markers were shown: a list that was asked for before is older.
  shown = 0;

  constructor(root) {
    this.#root = root.querySelector("[data-part=markers]");
    this.#url = this.#root.dataset.url;
    this.#form = this.#root.querySelector("form");
    this.#field = this.#form.querySelector("input");
    this.#opener = this.#root.querySelector("[data-open-marker]");
    this.#list = this.#root.querySelector("ol");
    this.#opener.addEventListener("click", () => this.#open());
    this.#form.querySelector("[data-cancel]").addEventListener("click", () => this.#close());
    this.#form.addEventListener("submit", (event) => this.#save(event));
    this.#form.addEventListener("keydown", (event) => event.key === "Escape" && this.#close());
    document.addEventListener("keydown", (event) => this.#onKey(event));
  }

  show(markers) {
    this.shown += 1;
    const focused = this.#list.contains(document.activeElement);
    this.#list.replaceChildren(...markers.map((marker) => this.#item(marker)));
    this.#list.hidden = markers.length === 0;
    if (focused) this.#opener.focus();
  }

  // No marker is set in a class that is over or gone.
  stop() {
    this.#root.hidden = true;
  }

  #onKey(event) {
    if (event.key !== "m" || event.ctrlKey || event.metaKey || event.altKey || event.repeat || this.#root.hidden)
      return;
    if (event.target.closest(FIELDS) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.#open();
  }

  // Without a marker a new one, set at the moment the form was opened: typing takes its time.
  #open(marker = null) {
    this.#returnTo = document.activeElement;
    this.#editing = marker ?? { openedAt: performance.now() };
    this.#field.value = marker?.text ?? "";
    this.#say("");
    this.#form.hidden = false;
    this.#opener.hidden = true;
    this.#field.focus();
    this.#field.select();
  }

  #close() {
    this.#form.hidden = true;
    this.#opener.hidden = false;
    (this.#returnTo?.isConnected && this.#returnTo !== document.body ? this.#returnTo : this.#opener).focus();
  }

  async #save(event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    if (!text) return;
    const { id, openedAt } = this.#editing;
    try {
      if (id) await send("PATCH", `${this.#url}${id}/`, { text });
      else await send("POST", this.#url, { text, age_s: (performance.now() - openedAt) / 1000 });
      this.#close();
    } catch {
      this.#say(MARKERS.notSaved);
    }
  }

  async #remove({ id }) {
    try {
      await send("DELETE", `${this.#url}${id}/`);
    } catch {
      this.#say(MARKERS.notSaved);
    }
  }

  #item(marker) {
    const rename = this.#button(MARKERS.rename, MARKERS.renameOf(marker.text), () => this.#open(marker));
    const remove = this.#button(MARKERS.remove, MARKERS.removeOf(marker.text), () => this.#remove(marker));
    const time = el("time", { class: "faint" }, clockTime(marker.at));
    return el(
      "li",
      { class: "marker", "data-testid": "marker" },
      icon("flag"),
      time,
      el("span", { class: "marker__text" }, marker.text),
      rename,
      remove,
    );
  }

  #button(text, label, onClick) {
    const button = el("button", { class: "text-button", type: "button", "aria-label": label }, text);
    button.addEventListener("click", onClick);
    return button;
  }

  #say(text) {
    setText(this.#root.querySelector("[data-problem]"), text);
  }
}
