// The view of a student in class with a camera. Its methods say what happened; it knows no sockets and no cameras.
import { setData, setText } from "../lib/dom.js";
import { ClassView } from "./class-view.js";
import { ReadingView, hintFor } from "./reading-view.js";
import { CAMERA_FAILURES, DETAIL, NO_PICTURE, TEACHER_SEES } from "./texts.js";

// The same time as on the server: after this long without a reading, the teacher sees "waiting".
const READING_LASTS_MS = 10_000;

export class AttendView extends ClassView {
  #reading;
  #readingTimer = null;
  #isLost = false;

  constructor(root) {
    super(root);
    this.#reading = new ReadingView(root);
    this.video = this.part("video");
    this.video.addEventListener("resize", () => this.#fitPreview());
  }

  showConnection(state) {
    super.showConnection(state);
    this.#isLost = state === "lost";
    if (this.#isLost) this.#blank(TEACHER_SEES.lost);
    else if (state === "polling") this.#blank(TEACHER_SEES.noConsent);
  }

  // The camera needs the socket.
  showBlocked(isBlocked) {
    super.showBlocked(isBlocked);
    this.part("start").disabled = isBlocked;
  }

  showConsent(isGiven) {
    setData(this.root, "consent", isGiven ? "yes" : "no");
    this.part("consent-card").hidden = isGiven;
    this.part("camera-card").hidden = !isGiven;
  }

  showStarting() {
    this.#setCamera("starting");
    this.showNotice("");
    this.#blank(TEACHER_SEES.starting);
  }

  showPreview(stream) {
    this.video.srcObject = stream;
    // Not awaited: in a hidden tab playback may start much later, and readings do not depend on it.
    this.video.play().catch(() => {});
    this.#fitPreview();
    this.#setCamera("on");
    this.showNotice("");
  }

  showSlowCamera() {
    this.showNotice(CAMERA_FAILURES.slow);
  }

  showLive() {
    this.showNotice("");
    this.showWaiting();
  }

  // The camera is on, and gives nothing that could be read. `code`: see LivePicture.
  showNoPicture(code) {
    this.#blank(TEACHER_SEES.noPicture);
    this.showNotice(NO_PICTURE[code]);
  }

  hidePreview() {
    this.video.srcObject = null;
    this.#setCamera("off");
  }

  showPaused() {
    this.#setCamera("off");
    this.#blank(this.root.dataset.consent === "yes" ? TEACHER_SEES.off : TEACHER_SEES.noConsent);
  }

  showCameraFailure(code) {
    this.showPaused();
    this.showNotice(CAMERA_FAILURES[code]);
  }

  showWaiting() {
    this.#blank(TEACHER_SEES.waiting);
  }

  showWarming() {
    this.#blank(TEACHER_SEES.warming);
  }

  showResult(result) {
    clearTimeout(this.#readingTimer);
    this.#readingTimer = setTimeout(() => this.showWaiting(), READING_LASTS_MS);
    if (result.faces === 0) this.#reading.blank(TEACHER_SEES.noFace);
    else if (result.uncertain) this.#reading.showUncertain(TEACHER_SEES.uncertain, result);
    else this.#reading.show(result);
    setText(this.part("hint"), hintFor(result));
  }

  showLate() {
    this.showPassingNotice(DETAIL.late);
  }

  showFinished(code) {
    super.showFinished(code);
    this.#blank(TEACHER_SEES.left);
  }

  showClass() {
    super.showClass();
    this.showPaused();
  }

  // Without a connection the teacher sees only that, whatever the camera does.
  #blank(text) {
    clearTimeout(this.#readingTimer);
    this.#reading.blank(this.#isLost ? TEACHER_SEES.lost : text);
    setText(this.part("hint"), "");
  }

  #setCamera(state) {
    setData(this.root, "camera", state);
    const buttons = [this.part("start"), this.part("pause")];
    const [shown, other] = state === "off" ? buttons : buttons.reverse();
    shown.hidden = false;
    if (other === document.activeElement) shown.focus();
    other.hidden = true;
  }

  #fitPreview() {
    const { videoWidth, videoHeight } = this.video;
    if (videoWidth) this.part("preview").style.setProperty("--ratio", String(videoWidth / videoHeight));
  }
}
