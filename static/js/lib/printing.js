// Charts depend on the theme and the width, so they are drawn again before printing and after it.
const PRINTING = "printing";

export function setUpPrinting() {
  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
  addEventListener("beforeprint", () => redraw(true));
  addEventListener("afterprint", () => redraw(false));
  matchMedia("print").addEventListener("change", ({ matches }) => redraw(matches));
}

function redraw(isPrinting) {
  if (document.body.classList.contains(PRINTING) === isPrinting) return;
  document.body.classList.toggle(PRINTING, isPrinting);
  document.dispatchEvent(new CustomEvent("attune:theme"));
}
