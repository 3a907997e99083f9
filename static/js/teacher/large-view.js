// The large view of the dashboard, for a projector. The browser remembers the choice.
import { recallSwitch, rememberSwitch } from "../lib/storage.js";

const STORAGE_KEY = "attune-large";
const html = document.documentElement;

export function setUpLargeView(button) {
  apply(button, recallSwitch(STORAGE_KEY));
  button.addEventListener("click", () => {
    const isLarge = html.dataset.size !== "large";
    apply(button, isLarge);
    rememberSwitch(STORAGE_KEY, isLarge);
  });
}

function apply(button, isLarge) {
  if (isLarge) html.dataset.size = "large";
  else delete html.dataset.size;
  button.setAttribute("aria-pressed", String(isLarge));
  // Charts follow the page's font size, so they are redrawn.
  document.dispatchEvent(new CustomEvent("attune:theme"));
}
