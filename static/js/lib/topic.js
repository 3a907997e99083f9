// Updates the topic in the heading and page title after a rename.
import { setText } from "./dom.js";

export function showTopic(root, topic) {
  const heading = root.querySelector("h1");
  document.title = retitled(document.title, heading.textContent, topic);
  setText(heading, topic);
  // If a long topic is cut off, the tooltip has all of it.
  if (heading.title) heading.title = topic;
}

// The topic stands before the last separator. The badge before it may hold the same number.
function retitled(title, before, topic) {
  const start = title.lastIndexOf(`${before} · `);
  return start < 0 ? title : title.slice(0, start) + topic + title.slice(start + before.length);
}
