// The parts of every student class page: the connection, notices, and the card shown after the class.
import { setData, setText } from "../lib/dom.js";
import { showTopic } from "../lib/topic.js";
import { CONNECTION_LABELS } from "../lib/texts.js";
import { FinishedView } from "./finished-view.js";

// Long enough to read, whatever else happens.
const NOTICE_LASTS_MS = 8_000;

export class ClassView {
  #finished;
  #noticeTimer = null;
  #notice = { text: "" };

  constructor(root) {
    this.root = root;
    this.#finished = new FinishedView(root);
  }

  get isFinished() {
    return this.#finished.isShown;
  }

  showConnection(state) {
    const connection = this.part("connection");
    setData(connection, "state", state);
    setText(connection.querySelector("[data-word]"), CONNECTION_LABELS[state]);
  }

  showTopic(topic) {
    showTopic(this.root, topic);
  }

  showBlocked(isBlocked) {
    this.part("blocked").hidden = !isBlocked;
  }

  // A notice that stays until another one replaces it. `hasHelp`: with a link to the help page.
  showNotice(text, { hasHelp = false } = {}) {
    this.#notice = { text, hasHelp };
    this.#show(this.#notice);
  }

  // Adds a button to the lasting notice.
  offerInNotice(label) {
    this.#notice.offer = label;
    this.#show(this.#notice);
  }

  // A notice that after a while gives way to the last lasting one.
  showPassingNotice(text) {
    this.#show({ text });
    this.#noticeTimer = setTimeout(() => this.#show(this.#notice), NOTICE_LASTS_MS);
  }

  #show({ text, hasHelp = false, offer = null }) {
    clearTimeout(this.#noticeTimer);
    const notice = this.part("notice");
    setText(notice.querySelector("[data-text]"), text);
    notice.querySelector("[data-box]").hidden = !text;
    const [button, help] = ["[data-offer]", "[data-help]"].map((part) => notice.querySelector(part));
    if (!button) return; // a class without cameras
    setText(button, offer ?? "");
    button.hidden = offer === null;
    setText(help, hasHelp ? help.dataset.label : "");
    help.hidden = !hasHelp;
  }

  showFinished(code) {
    this.#finished.show(code);
    this.part("class").hidden = true;
  }

  showClass() {
    this.#finished.hide();
    this.part("class").hidden = false;
  }

  part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }
}
