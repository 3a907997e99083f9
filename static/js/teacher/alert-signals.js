// Signals about unacknowledged alerts. The page's title and icon show their number. While the page is behind the video
// call, new ones make a sound and a desktop notification, each switched on by the teacher. The browser remembers the
// choice.
import { setText } from "../lib/dom.js";
import { PageBadge } from "../lib/page-badge.js";
import { recallSwitch, rememberSwitch } from "../lib/storage.js";
import { SIGNALS } from "./alert-texts.js";
import { AlertSound } from "./alert-sound.js";
import { KnownAlerts } from "./known-alerts.js";

const SOUND_KEY = "attune-alert-sound";
const NOTIFICATION_KEY = "attune-alert-notification";

export class AlertSignals {
  #badge = new PageBadge();
  #sound = new AlertSound();
  #soundSwitch;
  #notificationSwitch;
  #hint;
  #topic;
  #known = new KnownAlerts();
  #notification = null;

  constructor(root) {
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.#topic = root.querySelector("h1");
    this.#hint = part("signal-hint");
    this.#soundSwitch = part("signal-sound");
    this.#notificationSwitch = part("signal-notification");
    this.#soundSwitch.checked = recallSwitch(SOUND_KEY);
    this.#notificationSwitch.checked = recallSwitch(NOTIFICATION_KEY) && permission() === "granted";
    if (this.#soundSwitch.checked) this.#allowSoundAtNextClick();
    this.#soundSwitch.addEventListener("change", () => this.#switchSound());
    this.#notificationSwitch.addEventListener("change", () => this.#switchNotification());
    window.addEventListener("focus", () => this.#notification?.close());
  }

  // Call this with the unacknowledged alerts whenever they change.
  show(unacknowledged) {
    this.#badge.show(unacknowledged.length);
    const fresh = this.#known.takeFresh(unacknowledged);
    if (fresh.length === 0 || isInFront()) return;
    if (this.#soundSwitch.checked) this.#sound.play();
    if (this.#notificationSwitch.checked) this.#notify(fresh.length);
  }

  stop() {
    this.#badge.show(0);
  }

  async #switchSound() {
    rememberSwitch(SOUND_KEY, this.#soundSwitch.checked);
    setText(this.#hint, "");
    if (!this.#soundSwitch.checked) return;
    await this.#sound.allow();
    this.#sound.play();
  }

  // The first click or key after a reload does what the switch would do.
  #allowSoundAtNextClick() {
    setText(this.#hint, SIGNALS.silent);
    const events = ["pointerdown", "keydown"];
    const allow = async () => {
      await this.#sound.allow();
      if (!this.#sound.isAllowed) return;
      setText(this.#hint, "");
      for (const type of events) document.removeEventListener(type, allow);
    };
    for (const type of events) document.addEventListener(type, allow);
  }

  async #switchNotification() {
    setText(this.#hint, "");
    const isWanted = this.#notificationSwitch.checked;
    const answer = isWanted && permission() === "default" ? await Notification.requestPermission() : permission();
    this.#notificationSwitch.checked = isWanted && answer === "granted";
    rememberSwitch(NOTIFICATION_KEY, this.#notificationSwitch.checked);
    if (isWanted && answer === "denied") setText(this.#hint, SIGNALS.denied);
    if (isWanted && answer === "impossible") setText(this.#hint, SIGNALS.impossible);
  }

  #notify(count) {
    try {
      // One notification for the page: a later one replaces it.
      const notification = new Notification(this.#topic.textContent, {
        body: SIGNALS.fresh(count),
        tag: "attune-alerts",
        silent: true,
      });
      notification.addEventListener("click", () => {
        window.focus();
        notification.close();
      });
      this.#notification = notification;
    } catch {
      // Chrome on Android has the interface but allows it only for service workers.
      this.#notificationSwitch.checked = false;
      setText(this.#hint, SIGNALS.impossible);
    }
  }
}

function permission() {
  return globalThis.Notification?.permission ?? "impossible";
}

// A page next to the call is visible but not in front.
function isInFront() {
  return !document.hidden && document.hasFocus();
}
