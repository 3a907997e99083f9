// The settings of a course's alerts. A preset fills in its numbers, other numbers are the teacher's own, and each
// change is tried on a past class.
import { setText } from "../lib/dom.js";
import { localiseTimes } from "../lib/time.js";
import { PREVIEW } from "./alert-texts.js";

// A preview waits until the teacher has stopped typing for this long.
const SETTLE_MS = 500;
const TOO_MANY = 429;
const INVALID = 422;

export class AlertSettings {
  #form;
  #presets;
  #timer = null;
  #request = null;

  // `presets` has the value of each field by its name, for each preset.
  constructor(form, presets) {
    this.#form = form;
    this.#presets = presets;
    form.addEventListener("input", ({ target }) => this.#change(target));
    const button = this.#part("preview");
    if (button) button.hidden = true;
  }

  #change({ name, value, type }) {
    const { elements } = this.#form;
    if (name === "preset") fillIn(elements, this.#presets[value] ?? {});
    else if (type === "number") elements.preset.value = "custom";
    this.#previewIn(SETTLE_MS);
  }

  #previewIn(ms) {
    if (!this.#part("preview")) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#preview(), ms);
  }

  async #preview() {
    this.#request?.abort();
    if (!this.#form.checkValidity()) {
      this.#show(PREVIEW.invalid, []);
      return;
    }
    const request = new AbortController();
    this.#request = request;
    const body = new FormData(this.#form);
    body.set("preview", "1");
    try {
      const response = await fetch(location.href, { method: "POST", body, signal: request.signal });
      if (response.status === TOO_MANY) this.#wait(Number(response.headers.get("Retry-After")));
      else if (response.status === INVALID) this.#show(PREVIEW.invalid, []);
      else if (response.ok) this.#showPage(await response.text());
      else this.#show(PREVIEW.failed, []);
    } catch {
      if (!request.signal.aborted) this.#show(PREVIEW.failed, []);
    }
  }

  #wait(seconds) {
    this.#show(PREVIEW.wait(seconds), []);
    this.#previewIn(seconds * 1000);
  }

  #showPage(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const part = (name) => page.querySelector(`[data-part="${name}"]`);
    this.#show(part("preview-text").textContent.trim(), part("preview-list").children);
    localiseTimes(this.#part("preview-list"));
  }

  // The list stays unfolded.
  #show(text, list) {
    const shown = this.#part("preview-list");
    const isOpen = shown.querySelector("details")?.open ?? false;
    setText(this.#part("preview-text"), text);
    shown.replaceChildren(...list);
    const details = shown.querySelector("details");
    if (details) details.open = isOpen;
  }

  #part(name) {
    return this.#form.querySelector(`[data-part="${name}"]`);
  }
}

export function fillIn(elements, values) {
  for (const [name, value] of Object.entries(values)) elements[name].value = value;
}
