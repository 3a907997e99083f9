// A session that is over, for its teacher and for each of its students: the page is complete but for the charts.
import { MoodTimeline } from "./mood-timeline.js";
import { sizeShareBars } from "./share-bar.js";

const root = document.querySelector("[data-report]");
const place = root.querySelector("[data-part=timeline]");
sizeShareBars(root);
if (place) {
  const windows = JSON.parse(document.getElementById("timeline-data").textContent);
  const options = { windowS: Number(root.dataset.windowS), hasPresence: root.dataset.presence === "yes" };
  new MoodTimeline(place, options).replace(windows);
}
