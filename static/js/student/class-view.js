// What every class page of a student shows: the connection, notices, and how the class ended for her.
import { setData, setText } from "../lib/dom.js";
import { CONNECTION_WORDS } from "../lib/texts.js";
import { FinishedView } from "./finished-view.js";

// A notice stays long enough to be read, however soon the next reading comes.
const NOTICE_LASTS_MS = 8_000;

export class ClassView {
  #finished;
  #noticeTimer = null;

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
    setText(connection.querySelector("[data-word]"), CONNECTION_WORDS[state]);
  }

  showNotice(text) {
    clearTimeout(this.#noticeTimer);
    const notice = this.part("notice");
    setText(notice.querySelector("[data-text]"), text);
    notice.querySelector("[data-box]").hidden = !text;
  }

  // A notice that goes by itself, unlike the help for a camera that does not start.
  showPassingNotice(text) {
    this.showNotice(text);
    this.#noticeTimer = setTimeout(() => this.showNotice(""), NOTICE_LASTS_MS);
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
