// The teacher's markers. A button and a key open a small form; markers can be renamed and removed.
import { el, setText } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { send } from "../lib/requests.js";
import { clockTime } from "../lib/time.js";
import { setUpMarkerKey } from "./marker-key.js";
import { MARKERS } from "./texts.js";

export class MarkerPanel {
  // How many lists were shown, so that a fetch can tell whether the socket overtook it.
  shown = 0;
  #root;
  #url;
  #form;
  #field;
  #when;
  #opener;
  #list;
  #shownList = "[]";
  #editing = null;
  #returnTo = null;

  constructor(root) {
    this.#root = root.querySelector("[data-part=markers]");
    this.#url = this.#root.dataset.url;
    this.#form = this.#root.querySelector("form");
    this.#field = this.#form.querySelector("input");
    this.#when = this.#form.querySelector("select");
    this.#opener = this.#root.querySelector("[data-open-marker]");
    this.#list = this.#root.querySelector("ol");
    this.#opener.addEventListener("click", () => this.#open());
    this.#form.querySelector("[data-cancel]").addEventListener("click", () => this.#close());
    this.#form.addEventListener("submit", (event) => this.#save(event));
    this.#form.addEventListener("keydown", (event) => event.key === "Escape" && this.#close());
    setUpMarkerKey(this.#root, () => this.#open());
  }

  // The same list comes again with every state that is fetched. Building it anew would take the focus from its buttons.
  show(markers) {
    this.shown += 1;
    const list = JSON.stringify(markers);
    if (list === this.#shownList) return;
    this.#shownList = list;
    const hadFocus = this.#list.contains(document.activeElement);
    this.#list.replaceChildren(...markers.map((marker) => this.#buildItem(marker)));
    this.#list.hidden = markers.length === 0;
    if (hadFocus) this.#opener.focus();
  }

  // A class that has ended or was deleted takes no more markers.
  stop() {
    this.#root.hidden = true;
  }

  // Without `marker`, the form creates one for the moment when it was opened, however long typing takes, or for a
  // chosen time before that.
  #open(marker = null) {
    this.#returnTo = document.activeElement;
    this.#editing = marker ?? { openedAt: performance.now() };
    this.#field.value = marker?.text ?? "";
    this.#when.value = "0";
    this.#when.hidden = marker !== null;
    this.#showProblem("");
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
      else
        await send("POST", this.#url, {
          text,
          age_s: (performance.now() - openedAt) / 1000 + Number(this.#when.value),
        });
      this.#close();
    } catch {
      this.#showProblem(MARKERS.notSaved);
    }
  }

  async #remove({ id }) {
    try {
      await send("DELETE", `${this.#url}${id}/`);
    } catch {
      this.#showProblem(MARKERS.notSaved);
    }
  }

  #buildItem(marker) {
    const rename = this.#button(MARKERS.rename, MARKERS.renameMarker(marker.text), () => this.#open(marker));
    const remove = this.#button(MARKERS.remove, MARKERS.removeMarker(marker.text), () => this.#remove(marker));
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

  #showProblem(text) {
    setText(this.#root.querySelector("[data-problem]"), text);
  }
}
