// The figures of a timeline as a table, for readers who cannot use the chart.
import { el } from "../lib/dom.js";
import { TIMELINE } from "../lib/texts.js";
import { clockTime } from "../lib/time.js";
import { buildColumns } from "./columns.js";

// `parts`: see buildColumns.
export function fillTable(table, windows, parts) {
  const columns = buildColumns(parts);
  const headers = columns.map(({ name, isText }) => el("th", { scope: "col", class: isText ? null : "num" }, name));
  table.tHead.replaceChildren(el("tr", {}, el("th", { scope: "col" }, TIMELINE.time), ...headers));
  table.tBodies[0].replaceChildren(...windows.map((window) => buildRow(window, columns)));
}

function buildRow(window, columns) {
  const cells = columns.map(({ format, isText }) => el("td", { class: isText ? null : "num" }, format(window)));
  return el("tr", {}, el("th", { scope: "row" }, clockTime(window.at)), ...cells);
}
