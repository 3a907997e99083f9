// The view of a student in class with a camera. Its methods say what happened; it knows nothing of sockets or cameras.
import { hide, setData, setText } from "../lib/dom.js";
import { CameraView } from "./camera-view.js";
import { SentView } from "./faces/sent-view.js";
import { ReadingView, hintFor } from "./reading-view.js";
import { RecentReadings } from "./recent-readings.js";
import { DETAIL, RESTING, TEACHER_SEES } from "./texts.js";

export class AttendView extends CameraView {
  #reading;
  #sent;
  #recent = new RecentReadings();
  #readingTimer = null;
  #isLost = false;

  constructor(root) {
    super(root);
    this.#reading = new ReadingView(root);
    this.#sent = new SentView(root);
    this.showBlocked(false); // Firefox remembers over a reload that the button was disabled
  }

  showConnection(state) {
    super.showConnection(state);
    this.#isLost = state === "lost";
    if (this.#isLost) this.#blank(TEACHER_SEES.lost);
    else if (state === "polling") this.#blank(this.#without(TEACHER_SEES.off));
    else if (this.root.dataset.camera === "starting") this.#blank(this.#without(TEACHER_SEES.starting));
  }

  // The camera needs the socket.
  showBlocked(isBlocked) {
    super.showBlocked(isBlocked);
    this.part("start").disabled = isBlocked;
  }

  // Without consent, the camera can only be tested.
  showConsent(isGiven) {
    setData(this.root, "consent", isGiven ? "yes" : "no");
    this.part("consent-card").hidden = isGiven;
    this.#showCameraCard();
  }

  showStarting() {
    super.showStarting();
    this.#blank(this.#without(TEACHER_SEES.starting));
  }

  showPreview(stream, isTest) {
    super.showPreview(stream, isTest);
    if (isTest) this.#blank(this.#without(TEACHER_SEES.testing));
  }

  showLive(isTest) {
    super.showLive();
    if (isTest) this.#blank(this.#without(TEACHER_SEES.testing));
    else this.showWaiting();
  }

  showNoPicture(code) {
    super.showNoPicture(code);
    this.#blank(this.#without(TEACHER_SEES.noPicture));
  }

  showPaused() {
    super.showPaused();
    this.#blank(this.#without(TEACHER_SEES.off));
  }

  // The teacher still sees readings from before a short pause.
  showWaiting() {
    const { shown } = this.#recent;
    if (shown && !this.#isLost) this.#showRecent(shown);
    else this.#blank(TEACHER_SEES.waiting);
  }

  showWarming() {
    this.#blank(TEACHER_SEES.warming);
  }

  // Nothing is read until the server can check the student's consent.
  showResting() {
    this.showNotice(RESTING);
    this.#blank(TEACHER_SEES.resting);
  }

  showResult(result) {
    this.#recent.add(result);
    this.showWaiting();
  }

  showSent(sent) {
    this.#sent.show(sent);
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

  setCamera(state) {
    super.setCamera(state);
    this.#showCameraCard();
  }

  #showCameraCard() {
    const { consent, camera } = this.root.dataset;
    if (consent === "no") this.part("start").hidden = true;
    const card = this.part("camera-card");
    if (consent === "no" && camera === "off") hide(card, this.part("consent-card").querySelector("button"));
    else card.hidden = false;
  }

  // `shown`: see RecentReadings.
  #showRecent(shown) {
    clearTimeout(this.#readingTimer);
    this.#readingTimer = setTimeout(() => this.showWaiting(), this.#recent.changesInMs);
    if (shown.expression) this.#reading.show(shown);
    else if (shown.uncertain) this.#reading.showUncertain(TEACHER_SEES.uncertain, shown);
    else this.#reading.blank(TEACHER_SEES.noFace);
    setText(this.part("hint"), hintFor(shown));
  }

  // Without consent, what the teacher sees does not depend on the camera.
  #without(text) {
    return this.root.dataset.consent === "yes" ? text : TEACHER_SEES.noConsent;
  }

  // Without a connection, the teacher sees only that, whatever the camera does.
  #blank(text) {
    clearTimeout(this.#readingTimer);
    this.#reading.blank(this.#isLost ? TEACHER_SEES.lost : text);
    setText(this.part("hint"), "");
  }
}
