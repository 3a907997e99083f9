// What was, for its teacher and for each of its students: the page is complete but for the timeline.
import { Timeline } from "../timeline/timeline.js";
import { printOnWhite } from "./printing.js";
import { sizeShareBars } from "./share-bar.js";

const root = document.querySelector("[data-report]");
const place = root.querySelector("[data-part=timeline]");
sizeShareBars(root);
if (place) drawTimeline();
printOnWhite();

function drawTimeline() {
  const [windows, answers, marks] = ["timeline", "answers", "marks"].map(handed);
  const options = {
    windowS: Number(root.dataset.windowS),
    hasPresence: root.dataset.presence === "yes",
    readsFaces: root.dataset.readsFaces !== "no",
  };
  new Timeline(place, options).replace(windows, { answers, markers: marks });
}

function handed(name) {
  return JSON.parse(document.getElementById(`${name}-data`).textContent);
}
