// The dashboard's other views: the board, the large view, and the opened timeline.
import { setUpBoard } from "./board.js";
import { setUpLargeView } from "./large-view.js";
import { setUpTimelineStrip } from "./timeline-strip.js";

export function setUpViews(root, { timeline, onBoard }) {
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  setUpBoard(part("board"), onBoard);
  setUpLargeView(part("large"));
  setUpTimelineStrip(part("strip"), timeline);
}
