// Charts are drawn with colours and at a width of their own, so they are drawn again for paper and for the screen after.
const PRINTING = "printing";

export function printOnWhite() {
  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
  addEventListener("beforeprint", () => drawFor(true));
  addEventListener("afterprint", () => drawFor(false));
  matchMedia("print").addEventListener("change", ({ matches }) => drawFor(matches));
}

function drawFor(isPaper) {
  if (document.body.classList.contains(PRINTING) === isPaper) return;
  document.body.classList.toggle(PRINTING, isPaper);
  document.dispatchEvent(new CustomEvent("attune:theme"));
}
