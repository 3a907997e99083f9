// The timeline as a strip at the end of the page, and opened.
import { setData } from "../lib/dom.js";

export function setUpTimelineStrip(strip, timeline) {
  const toggle = strip.querySelector("[data-part=strip-toggle]");
  toggle.addEventListener("click", () => {
    const isOpen = strip.dataset.open !== "yes";
    setData(strip, "open", isOpen ? "yes" : "no");
    toggle.setAttribute("aria-expanded", String(isOpen));
    timeline.setSmall(!isOpen);
    toggle.scrollIntoView({ block: "nearest" });
  });
}
