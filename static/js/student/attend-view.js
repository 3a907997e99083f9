// The view of a student in class with a camera. Its methods say what happened; it knows no sockets and no cameras.
import { setData, setText } from "../lib/dom.js";
import { ClassView } from "./class-view.js";
import { ReadingView, hintFor } from "./reading-view.js";
import { CAMERA_FAILURES, DETAIL, NO_PICTURE, OFFER_CAMERA, TEACHER_SEES } from "./texts.js";

// The same time as on the server: after this long without a reading, the teacher sees "waiting".
const READING_LASTS_MS = 10_000;

// Failures that a video call may have caused.
const CALL_FAILURES = ["busy", "unplugged", "other"];
// Which buttons each state of the camera has.
const CAMERA_BUTTONS = ["start", "test", "stop-test", "pause"];
const BUTTONS = { off: ["start", "test"], test: ["start", "stop-test"], starting: ["pause"], on: ["pause"] };

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

  // A test's picture is the student's alone.
  showPreview(stream, isTest) {
    if (this.video.srcObject !== stream) this.video.srcObject = stream;
    // Not awaited: in a hidden tab playback may start much later, and readings do not depend on it.
    this.video.play().catch(() => {});
    this.#fitPreview();
    this.#setCamera(isTest ? "test" : "on");
    this.showNotice("");
    if (isTest) this.#blank(TEACHER_SEES.testing);
  }

  showSlowCamera() {
    this.showNotice(CAMERA_FAILURES.slow, { hasHelp: true });
  }

  showLive(isTest) {
    this.showNotice("");
    if (isTest) this.#blank(TEACHER_SEES.testing);
    else this.showWaiting();
  }

  // The camera is on, and gives nothing that could be read. `code`: see LivePicture.
  showNoPicture(code) {
    this.#blank(TEACHER_SEES.noPicture);
    this.showNotice(NO_PICTURE[code], { hasHelp: true });
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
    this.showNotice(CAMERA_FAILURES[code], { hasHelp: CALL_FAILURES.includes(code) });
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

  offerCamera(name) {
    this.offerInNotice(OFFER_CAMERA(name));
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
    const focused = document.activeElement;
    for (const name of CAMERA_BUTTONS) this.part(name).hidden = !BUTTONS[state].includes(name);
    if (focused?.hidden) this.part(BUTTONS[state][0]).focus();
  }

  #fitPreview() {
    const { videoWidth, videoHeight } = this.video;
    if (videoWidth) this.part("preview").style.setProperty("--ratio", String(videoWidth / videoHeight));
  }
}
