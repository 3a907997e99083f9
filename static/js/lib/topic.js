// Updates the topic in the heading and page title after a rename.
import { setText } from "./dom.js";

export function showTopic(root, topic) {
  const heading = root.querySelector("h1");
  document.title = document.title.replace(heading.textContent, () => topic);
  setText(heading, topic);
  // Where a long topic is cut, the whole of it is the tooltip.
  if (heading.title) heading.title = topic;
}
