// Everything larger, for a projector that is looked at from afar. The choice stays with this browser.
const KEY = "attune-large";
const html = document.documentElement;

export function setUpProjectorMode(button) {
  show(button, stored() === "yes");
  button.addEventListener("click", () => {
    const isLarge = html.dataset.size !== "large";
    show(button, isLarge);
    try {
      localStorage.setItem(KEY, isLarge ? "yes" : "no");
    } catch {
      // Storage is blocked: the choice lasts for this page.
    }
  });
}

function show(button, isLarge) {
  if (isLarge) html.dataset.size = "large";
  else delete html.dataset.size;
  button.setAttribute("aria-pressed", String(isLarge));
  // Charts are drawn in the size of the page's letters.
  document.dispatchEvent(new CustomEvent("attune:theme"));
}

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
