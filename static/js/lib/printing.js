// Charts depend on the theme and the width, so they are redrawn before and after printing.
const PRINTING = "printing";
// In the query string of a page that should be printed as soon as it is drawn.
const PRINT_NOW = "print";

export function setUpPrinting() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => printAll(button.dataset.print));
  }
  addEventListener("beforeprint", () => redraw(true));
  addEventListener("afterprint", () => redraw(false));
  matchMedia("print").addEventListener("change", ({ matches }) => redraw(matches));
  if (new URLSearchParams(location.search).has(PRINT_NOW)) addEventListener("load", () => print());
}

// `all` is the query string of the page with everything on it, empty if this is that page.
function printAll(all) {
  if (all) location.assign(`${all}&${PRINT_NOW}=yes`);
  else print();
}

function redraw(isPrinting) {
  if (document.body.classList.contains(PRINTING) === isPrinting) return;
  document.body.classList.toggle(PRINTING, isPrinting);
  document.dispatchEvent(new CustomEvent("attune:theme"));
}
