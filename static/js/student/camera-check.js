// The camera check before a class. There is no connection over which a picture could be sent.
import { CameraControl } from "./camera-control.js";
import { CameraView } from "./camera-view.js";

const NOWHERE = { connection: null, send() {} };

const root = document.querySelector("[data-camera-check]");
const camera = new CameraControl(root, new CameraView(root), NOWHERE);
const ACTIONS = {
  test: () => camera.test(),
  offered: () => camera.startOffered(),
  pause: () => camera.pause(),
};

root.addEventListener("click", (event) => {
  const action = event.target.closest("[data-action]")?.dataset.action;
  if (action) ACTIONS[action]();
});
// The page arrives with the button disabled, because a click before this script runs would be lost.
root.querySelector("[data-part=test]").disabled = false;
window.addEventListener("pagehide", () => camera.release());
