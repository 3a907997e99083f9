// The board: only the class's sentence, mood, hands and alerts, on the whole screen if the browser allows it. Escape
// leaves it, like any full screen.
import { setText } from "../lib/dom.js";
import { BOARD } from "./texts.js";

const html = document.documentElement;

// onEnter: called when the rest of the page disappears.
export function setUpBoard(button, onEnter) {
  const show = (isShown) => {
    html.toggleAttribute("data-board", isShown);
    button.title = isShown ? BOARD.leave : BOARD.open;
    setText(button.querySelector("[data-word]"), button.title);
  };
  const leave = () => {
    show(false);
    if (document.fullscreenElement) document.exitFullscreen();
  };
  button.addEventListener("click", () => {
    if (html.hasAttribute("data-board")) {
      leave();
      return;
    }
    onEnter();
    show(true);
    // If this is refused or unknown (phones, embedded pages), the board fills the window.
    html.requestFullscreen?.().catch(() => {});
  });
  // In full screen, the browser handles Escape itself.
  document.addEventListener("fullscreenchange", () => document.fullscreenElement ?? show(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && html.hasAttribute("data-board") && !document.querySelector("dialog:modal")) leave();
  });
}
