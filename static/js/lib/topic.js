// Updates the topic in the heading and page title after a rename.
import { setText } from "./dom.js";

export function showTopic(root, topic) {
  const heading = root.querySelector("h1");
  document.title = document.title.replace(heading.textContent, () => topic);
  setText(heading, topic);
  // If a long topic is cut off, the tooltip has all of it.
  if (heading.title) heading.title = topic;
}
