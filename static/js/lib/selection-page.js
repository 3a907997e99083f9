// A list with rows that can be ticked: one box ticks all on the page, and a badge counts them. Without this script,
// each row is ticked by itself.
const all = document.querySelector("[data-select-all]");
const boxes = [...document.querySelectorAll("[data-select]")];
const count = document.querySelector("[data-selected-count]");

function show() {
  const selected = boxes.filter((box) => box.checked).length;
  all.checked = selected === boxes.length;
  all.indeterminate = selected > 0 && !all.checked;
  count.hidden = selected === 0;
  count.textContent = selected;
}

if (all) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  // A browser that returns to the page restores ticks.
  addEventListener("pageshow", show);
}
