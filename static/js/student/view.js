// What the student's page shows. Every method is told what happened and knows nothing of sockets and cameras.
import { setData, setText } from "../lib/dom.js";
import { CONNECTION_WORDS, UNCERTAIN_WORDS } from "../lib/texts.js";
import { ReadingView } from "./reading-view.js";
import { CAMERA_FAILURES, CLOSED, DETAIL, SEEN } from "./texts.js";

// As on the server: without a reading for this long, the teacher sees "waiting".
const READING_LASTS_MS = 10_000;

export class AttendView {
  #root;
  #reading;
  #readingTimer = null;
  #hasConsent;

  constructor(root) {
    this.#root = root;
    this.#hasConsent = root.dataset.consent === "yes";
    this.#reading = new ReadingView(root);
    this.video = this.#part("video");
    this.video.addEventListener("resize", () => this.#fitPreview());
  }

  get isFinished() {
    return !this.#part("finished").hidden;
  }

  showConnection(state) {
    const connection = this.#part("connection");
    setData(connection, "state", state);
    setText(connection.querySelector("[data-word]"), CONNECTION_WORDS[state]);
    if (state === "lost") this.#blank(SEEN.away);
  }

  showConsent(isGiven) {
    this.#hasConsent = isGiven;
    this.#part("consent-card").hidden = isGiven;
    this.#part("camera-card").hidden = !isGiven;
  }

  showStarting() {
    this.#setCamera("starting");
    this.showNotice(null);
    this.#blank(SEEN.starting);
  }

  async showPreview(stream) {
    this.video.srcObject = stream;
    await this.video.play().catch(() => {});
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
    this.#blank(this.#hasConsent ? SEEN.off : SEEN.noConsent);
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
    if (result.faces === 0) {
      this.#reading.blank(SEEN.noFace);
      this.showNotice(null, DETAIL.noFace);
      return;
    }
    this.#reading.show(result);
    const unsure = result.uncertain ? DETAIL.unsure(UNCERTAIN_WORDS[result.uncertain]) : "";
    this.showNotice(null, result.faces > 1 ? DETAIL.many(result.faces) : unsure);
  }

  showLate() {
    this.showNotice(DETAIL.late);
  }

  // A notice asks for attention; a hint is the quiet line under the reading.
  showNotice(text, hint = "") {
    const notice = this.#part("notice");
    setText(notice.querySelector("[data-text]"), text ?? "");
    notice.querySelector("[data-box]").hidden = !text;
    setText(this.#part("hint"), hint);
  }

  showFinished(code) {
    const { title, text, action, label } = CLOSED[code] ?? CLOSED[4404];
    const finished = this.#part("finished");
    setText(finished.querySelector("h2"), title);
    setText(finished.querySelector("[data-text]"), text);
    const link = finished.querySelector("a");
    const button = finished.querySelector("button");
    const href = { home: this.#root.dataset.homeUrl, mine: this.#root.dataset.mineUrl }[action];
    link.hidden = !href;
    button.hidden = Boolean(href);
    if (href) link.href = href;
    else button.dataset.action = action;
    setText(href ? link : button, label);
    this.#blank(SEEN.gone);
    this.#part("class").hidden = true;
    finished.hidden = false;
    finished.focus();
  }

  showClass() {
    this.#part("finished").hidden = true;
    this.#part("class").hidden = false;
    this.showPaused();
  }

  #blank(text) {
    clearTimeout(this.#readingTimer);
    this.#reading.blank(text);
    setText(this.#part("hint"), "");
  }

  #setCamera(state) {
    setData(this.#root, "camera", state);
    this.#part("start").hidden = state !== "off";
    this.#part("pause").hidden = state === "off";
  }

  #fitPreview() {
    const { videoWidth, videoHeight } = this.video;
    if (videoWidth) this.#part("preview").style.setProperty("--ratio", String(videoWidth / videoHeight));
  }

  #part(name) {
    return this.#root.querySelector(`[data-part="${name}"]`);
  }
}
