// Pages about past sessions. The server renders everything but the widths of the share bars and the timeline.
import { Timeline } from "../timeline/timeline.js";
import { setUpPrinting } from "./printing.js";
import { sizeShareBars } from "./share-bar.js";

const root = document.querySelector("[data-report]");
const place = root.querySelector("[data-part=timeline]");
sizeShareBars(root);
if (place) drawTimeline();
setUpPrinting();

function drawTimeline() {
  const [windows, answers, annotations] = ["timeline", "answers", "marks"].map(readJson);
  const options = {
    windowS: Number(root.dataset.windowS),
    hasPresence: root.dataset.presence === "yes",
    readsFaces: root.dataset.readsFaces !== "no",
  };
  new Timeline(place, options).replace(windows, { answers, annotations });
}

function readJson(name) {
  return JSON.parse(document.getElementById(`${name}-data`).textContent);
}
