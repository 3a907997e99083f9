// Shows whether the figures can be trusted: the connection, how old the figures are, unsaved history, and the end of the
// class.
import { hide, setData, setText } from "../lib/dom.js";
import { CONNECTION_LABELS } from "../lib/texts.js";
import { clockTime } from "../lib/time.js";
import { showTopic } from "../lib/topic.js";
import { CLOSED, REQUESTS, STALE } from "./texts.js";

export class PageState {
  #root;
  #freshAt = null;
  hasEnded = false;

  constructor(root) {
    this.#root = root;
  }

  showConnection(state) {
    const connection = this.#part("connection");
    setData(connection, "state", state);
    setText(connection.querySelector("[data-word]"), CONNECTION_LABELS[state]);
  }

  showFresh() {
    this.#freshAt = Date.now() / 1000;
    this.#part("stale").hidden = true;
    setData(this.#root, "stale", null);
  }

  // Any message shows that the figures are still the server's.
  showHeard() {
    if (!this.#root.dataset.stale) this.#freshAt = Date.now() / 1000;
  }

  // The network blocks WebSockets, so the figures come through requests.
  showBlocked(isBlocked) {
    this.#part("blocked").hidden = !isBlocked;
  }

  showJoined() {
    // The button shows the same in a dialog.
    hide(this.#part("join-card"), this.#root.querySelector("[data-open-dialog=join-dialog]"));
  }

  // The topic, which may have changed, and how many students wait to be let into the course.
  showState({ session, requests }) {
    showTopic(this.#root, session.topic);
    setText(this.#part("requests").querySelector("[data-text]"), requests ? REQUESTS(requests) : "");
    this.#part("requests").hidden = requests === 0;
  }

  // While the database is unavailable, new readings may never reach the history; after a minute cameras rest.
  showHistory({ saved, resting }) {
    this.#part("unsaved").hidden = saved || resting;
    this.#part("resting").hidden = !resting;
  }

  // A class that has become anonymous starts over without the expressions that the page still has.
  reloadIfNowAnonymous({ session }) {
    const isNew = session.anonymous && this.#root.dataset.anonymous !== "yes";
    if (isNew) location.reload();
    return isNew;
  }

  showStale() {
    if (this.hasEnded) return;
    const since = this.#freshAt && clockTime(this.#freshAt);
    setText(this.#part("stale").querySelector("[data-text]"), STALE(since));
    this.#part("stale").hidden = false;
    setData(this.#root, "stale", "yes");
  }

  showFinished(code) {
    this.hasEnded = true;
    const finished = this.#part("finished");
    setText(finished.querySelector("[data-text]"), CLOSED[code] ?? CLOSED[4404]);
    finished.querySelector("a").hidden = code !== 4410;
    finished.hidden = false;
    this.#part("stale").hidden = true;
    const end = this.#part("end"); // assistants have none
    if (end) end.hidden = true;
    this.#part("live").hidden = code === 4410;
    document.getElementById("end-class")?.close();
    setData(this.#root, "stale", "yes");
  }

  #part(name) {
    return this.#root.querySelector(`[data-part="${name}"]`);
  }
}
