// The large view of the dashboard, for a projector. The browser remembers the choice.
const STORAGE_KEY = "attune-large";
const html = document.documentElement;

export function setUpLargeView(button) {
  apply(button, isRemembered());
  button.addEventListener("click", () => {
    const isLarge = html.dataset.size !== "large";
    apply(button, isLarge);
    try {
      localStorage.setItem(STORAGE_KEY, isLarge ? "yes" : "no");
    } catch {
      // Storage is blocked, so the choice only lasts for this page.
    }
  });
}

function apply(button, isLarge) {
  if (isLarge) html.dataset.size = "large";
  else delete html.dataset.size;
  button.setAttribute("aria-pressed", String(isLarge));
  // Charts follow the page's font size, so they are redrawn.
  document.dispatchEvent(new CustomEvent("attune:theme"));
}

function isRemembered() {
  try {
    return localStorage.getItem(STORAGE_KEY) === "yes";
  } catch {
    return false;
  }
}
