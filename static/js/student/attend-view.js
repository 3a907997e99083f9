// What the student's page shows. Every method is told what happened and knows nothing of sockets and cameras.
import { setData, setText } from "../lib/dom.js";
import { ClassView } from "./class-view.js";
import { ReadingView, hintOf } from "./reading-view.js";
import { CAMERA_FAILURES, DETAIL, SEEN } from "./texts.js";

// As on the server: without a reading for this long, the teacher sees "waiting".
const READING_LASTS_MS = 10_000;

export class AttendView extends ClassView {
  #reading;
  #readingTimer = null;
  #isAway = false;

  constructor(root) {
    super(root);
    this.#reading = new ReadingView(root);
    this.video = this.part("video");
    this.video.addEventListener("resize", () => this.#fitPreview());
  }

  showConnection(state) {
    super.showConnection(state);
    this.#isAway = state === "lost";
    if (this.#isAway) this.#blank(SEEN.away);
  }

  showConsent(isGiven) {
    setData(this.root, "consent", isGiven ? "yes" : "no");
    this.part("consent-card").hidden = isGiven;
    this.part("camera-card").hidden = !isGiven;
  }

  showStarting() {
    this.#setCamera("starting");
    this.showNotice("");
    this.#blank(SEEN.starting);
  }

  showPreview(stream) {
    this.video.srcObject = stream;
    // Not awaited: in a hidden tab a video may wait for a long time, and the readings do not need it.
    this.video.play().catch(() => {});
    this.#fitPreview();
    this.#setCamera("on");
    this.showWaiting();
  }

  hidePreview() {
    this.video.srcObject = null;
    this.#setCamera("off");
  }

  showPaused() {
    this.#setCamera("off");
    this.#blank(this.root.dataset.consent === "yes" ? SEEN.off : SEEN.noConsent);
  }

  showCameraFailure(code) {
    this.showPaused();
    this.showNotice(CAMERA_FAILURES[code]);
  }

  showWaiting() {
    this.#blank(SEEN.waiting);
  }

  showWarming() {
    this.#blank(SEEN.warming);
  }

  showResult(result) {
    clearTimeout(this.#readingTimer);
    this.#readingTimer = setTimeout(() => this.showWaiting(), READING_LASTS_MS);
    if (result.faces === 0) this.#reading.blank(SEEN.noFace);
    else if (result.uncertain) this.#reading.showUncertain(SEEN.uncertain, result);
    else this.#reading.show(result);
    setText(this.part("hint"), hintOf(result));
  }

  showLate() {
    this.showPassingNotice(DETAIL.late);
  }

  showFinished(code) {
    super.showFinished(code);
    this.#blank(SEEN.gone);
  }

  showClass() {
    super.showClass();
    this.showPaused();
  }

  // Without a connection the teacher sees that, whatever the camera does meanwhile.
  #blank(text) {
    clearTimeout(this.#readingTimer);
    this.#reading.blank(this.#isAway ? SEEN.away : text);
    setText(this.part("hint"), "");
  }

  #setCamera(state) {
    setData(this.root, "camera", state);
    const buttons = [this.part("start"), this.part("pause")];
    const [shown, gone] = state === "off" ? buttons : buttons.reverse();
    shown.hidden = false;
    if (gone === document.activeElement) shown.focus();
    gone.hidden = true;
  }

  #fitPreview() {
    const { videoWidth, videoHeight } = this.video;
    if (videoWidth) this.part("preview").style.setProperty("--ratio", String(videoWidth / videoHeight));
  }
}
