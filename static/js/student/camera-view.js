// The student's camera on a page: its picture, buttons and problems. It knows nothing of sockets or cameras.
import { setData, setText } from "../lib/dom.js";
import { ClassView } from "./class-view.js";
import { CAMERA_FAILURES, LIGHT, NO_PICTURE, OFFER_CAMERA } from "./texts.js";

// Failures that a video call may have caused.
const CALL_FAILURES = ["busy", "unplugged", "other"];
// The buttons for each state of the camera, first the one that takes over the focus. A page may lack some.
const CAMERA_BUTTONS = ["start", "test", "stop-test", "pause"];
const BUTTONS = { off: ["start", "test"], test: ["stop-test", "start"], starting: ["pause"], on: ["pause"] };

export class CameraView extends ClassView {
  constructor(root) {
    super(root);
    this.video = this.part("video");
    this.video.addEventListener("resize", () => this.#fitPreview());
  }

  showStarting() {
    this.showNotice(""); // first: the focus may be on its button
    this.setCamera("starting");
  }

  // Only the student sees a test's picture.
  showPreview(stream, isTest) {
    if (this.video.srcObject !== stream) this.video.srcObject = stream;
    // Not awaited: in a hidden tab playback may start much later, and readings do not depend on it.
    this.video.play().catch(() => {});
    this.#fitPreview();
    this.setCamera(isTest ? "test" : "on");
    this.showNotice("");
  }

  // `light`: see lightOf.
  showLight(light) {
    setText(this.part("light"), LIGHT[light]);
    setData(this.part("light"), "light", light);
  }

  showSlowCamera() {
    this.showNotice(CAMERA_FAILURES.slow, { hasHelp: true });
  }

  showLive() {
    this.showNotice("");
  }

  // The camera is on but gives nothing that could be read. `code`: see LivePicture.
  showNoPicture(code) {
    setText(this.part("light"), "");
    this.showNotice(NO_PICTURE[code], { hasHelp: true });
  }

  hidePreview() {
    this.video.srcObject = null;
    this.setCamera("off");
  }

  showPaused() {
    this.setCamera("off");
  }

  showCameraFailure(code) {
    this.showPaused();
    this.showNotice(CAMERA_FAILURES[code], { hasHelp: CALL_FAILURES.includes(code) });
  }

  offerCamera(name) {
    this.offerInNotice(OFFER_CAMERA(name));
  }

  setCamera(state) {
    setData(this.root, "camera", state);
    if (state !== "test") setText(this.part("light"), "");
    const focused = document.activeElement; // perhaps within a card or notice that has just been hidden
    for (const name of CAMERA_BUTTONS) {
      const button = this.part(name);
      if (button) button.hidden = !BUTTONS[state].includes(name);
    }
    if (focused && !focused.checkVisibility())
      BUTTONS[state]
        .map((name) => this.part(name))
        .find(Boolean)
        ?.focus();
  }

  #fitPreview() {
    const { videoWidth, videoHeight } = this.video;
    if (videoWidth) this.part("preview").style.setProperty("--ratio", String(videoWidth / videoHeight));
  }
}
