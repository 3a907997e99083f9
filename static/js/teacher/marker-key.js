// The key "m" opens the form for a marker. Dictated words and slips of the hand press single keys, too, so a teacher can
// switch it off. The browser remembers the choice.
import { recallSwitch, rememberSwitch } from "../lib/storage.js";

const KEY = "m";
const STORAGE_KEY = "attune-marker-key";
const FIELDS = "input, textarea, select, [contenteditable]";

// `root` holds [data-open-marker], which names the key, and [data-marker-key], the switch.
export function setUpMarkerKey(root, onPress) {
  const opener = root.querySelector("[data-open-marker]");
  const keySwitch = root.querySelector("[data-marker-key]");
  const show = () => {
    opener.querySelector("kbd").hidden = !keySwitch.checked;
    if (keySwitch.checked) opener.setAttribute("aria-keyshortcuts", KEY);
    else opener.removeAttribute("aria-keyshortcuts");
  };
  keySwitch.checked = recallSwitch(STORAGE_KEY, true);
  keySwitch.addEventListener("change", () => {
    rememberSwitch(STORAGE_KEY, keySwitch.checked);
    show();
  });
  show();
  document.addEventListener("keydown", (event) => {
    if (event.key !== KEY || event.repeat || !keySwitch.checked || !root.checkVisibility()) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest(FIELDS) || document.querySelector("dialog:modal")) return;
    event.preventDefault();
    onPress();
  });
}
