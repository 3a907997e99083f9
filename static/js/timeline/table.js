// The figures of a timeline as a table, for readers who cannot use the chart.
import { el, setText } from "../lib/dom.js";
import { TIMELINE } from "../lib/texts.js";
import { clockTime } from "../lib/time.js";
import { buildColumns } from "./columns.js";

// `parts`: see buildColumns.
export function fillTable(table, windows, parts) {
  const time = { name: TIMELINE.time, isText: true, format: ({ at }) => clockTime(at) };
  const columns = [time, ...buildColumns(parts)];
  const rows = windows.map((window) => columns.map(({ format }) => format(window)));
  fill(table.tHead, [columns.map(({ name }) => name)], { columns, scope: "col" });
  fill(table.tBodies[0], rows, { columns, scope: "row" });
}

// Cells stay where they are, because a running class changes every two seconds: a screen reader would lose its place.
function fill(section, rows, { columns, scope }) {
  if (section.rows[0]?.cells.length !== columns.length) section.replaceChildren();
  for (const [index, texts] of rows.entries()) {
    const row = section.rows[index];
    if (row) texts.forEach((text, column) => setText(row.cells[column], text));
    else section.append(buildRow(texts, { columns, scope }));
  }
  while (section.rows.length > rows.length) section.deleteRow(-1);
}

function buildRow(texts, { columns, scope }) {
  const cells = texts.map((text, index) => {
    const isHeader = scope === "col" || index === 0;
    const attributes = { scope: isHeader ? scope : null, class: columns[index].isText ? null : "num" };
    return el(isHeader ? "th" : "td", attributes, text);
  });
  return el("tr", {}, ...cells);
}
