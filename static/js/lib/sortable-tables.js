// Sorts tables in place when a header is clicked: headers with data-sort "text" or "number" in a table[data-sortable].
// A cell's value is its data-value, or else its text. Without this script, tables keep their order.
import { el } from "./dom.js";
import { LOCALE } from "./i18n.js";

const collator = new Intl.Collator(LOCALE, { numeric: true, sensitivity: "base" });

export function setUpSorting(root = document) {
  for (const table of root.querySelectorAll("table[data-sortable]")) addButtons(table);
}

// A page of a longer list cannot be sorted by itself, so data-all leads to the whole list, which is then sorted.
function addButtons(table) {
  const headers = [...table.tHead.rows[0].cells];
  for (const header of headers.filter(({ dataset }) => dataset.sort)) {
    const button = el("button", { type: "button", class: "sort" }, ...header.childNodes);
    button.addEventListener("click", () => sortOrLeave(table, header));
    header.replaceChildren(button);
  }
  const wanted = new URLSearchParams(location.search).get("sort");
  if (wanted !== null && !table.dataset.all && headers[wanted]?.dataset.sort) sortBy(table, headers[wanted]);
}

function sortOrLeave(table, header) {
  if (table.dataset.all) location.assign(`${table.dataset.all}&sort=${header.cellIndex}#${table.dataset.anchor}`);
  else sortBy(table, header);
}

// Text columns sort ascending first, numbers descending; each click reverses.
function sortBy(table, header) {
  const first = header.dataset.sort === "text" ? "ascending" : "descending";
  const other = first === "ascending" ? "descending" : "ascending";
  const direction = header.getAttribute("aria-sort") === first ? other : first;
  for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", direction);
  const rows = [...table.tBodies[0].rows];
  const values = new Map(rows.map((row) => [row, valueOf(row.cells[header.cellIndex], header.dataset.sort)]));
  rows.sort((a, b) => compare(values.get(a), values.get(b), direction === "ascending" ? 1 : -1));
  table.tBodies[0].append(...rows);
}

// An unknown value is null.
export function valueOf(cell, kind) {
  const text = (cell.dataset.value ?? cell.textContent).trim();
  if (kind === "text") return text === "–" ? null : text;
  const found = Number.parseFloat(text);
  return Number.isNaN(found) ? null : found;
}

// Unknown values come last in both directions.
export function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  return sign * (typeof a === "number" ? a - b : collator.compare(a, b));
}
