import { element } from "../elements.js";

import assert from "node:assert/strict";
import test from "node:test";

import { groupAlerts } from "../../../static/js/teacher/alert-groups.js";
import { AlertSignals } from "../../../static/js/teacher/alert-signals.js";

// The parts of a page and of a browser that signals use; `shown` has the notifications.
function openPage(t, { stored = {}, permission = "default", answer = "granted", isInFront = false } = {}) {
  const shown = [];
  const tones = [];
  const icon = { href: "/mark.svg" };
  Object.assign(document, {
    title: "Means · Attune",
    hidden: !isInFront,
    hasFocus: () => isInFront,
    querySelector: () => icon,
  });
  globalThis.localStorage = {
    getItem: (key) => stored[key] ?? null,
    setItem: (key, value) => Object.assign(stored, { [key]: value }),
  };
  const requestPermission = t.mock.fn(() => {
    globalThis.Notification.permission = answer;
    return Promise.resolve(answer);
  });
  globalThis.Notification = class extends EventTarget {
    static permission = permission;
    static requestPermission = requestPermission;
    constructor(title, options) {
      super();
      shown.push({ title, ...options });
    }
    close() {}
  };
  const node = { gain: { setValueAtTime() {}, linearRampToValueAtTime() {} }, connect: () => node };
  globalThis.GainNode = function GainNode() {
    return node;
  };
  globalThis.OscillatorNode = function OscillatorNode(_, { frequency }) {
    return { connect: () => node, start: () => tones.push(frequency), stop() {} };
  };
  globalThis.AudioContext = class {
    state = "suspended";
    currentTime = 0;
    resume() {
      this.state = "running";
      return Promise.resolve();
    }
  };
  t.mock.method(globalThis, "fetch", () => Promise.resolve({ text: () => "<svg></svg>" }));
  const parts = { "signal-sound": element(), "signal-notification": element(), "signal-hint": element() };
  const heading = element();
  heading.textContent = "Means";
  const find = (selector) => parts[/"(.*)"/.exec(selector)?.[1]] ?? heading;
  const signals = new AlertSignals({ querySelector: find });
  const choose = async (name, isOn) => {
    parts[name].checked = isOn;
    parts[name].dispatchEvent(new Event("change"));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  };
  return { requestPermission, signals, shown, tones, icon, parts, stored, choose };
}

const alerts = (...ids) => ids.map((id) => ({ id, name: "Ada Lovelace", reason: "Looks sad." }));

test("permission is asked for only when the teacher switches notifications on", async (t) => {
  const { requestPermission, signals, choose, stored, parts } = openPage(t);
  signals.show(alerts());
  signals.show(alerts(1));
  assert.equal(requestPermission.mock.callCount(), 0);
  await choose("signal-notification", true);
  assert.equal(requestPermission.mock.callCount(), 1);
  assert.equal(parts["signal-notification"].checked, true);
  assert.equal(stored["attune-alert-notification"], "yes");
});

test("a refused permission switches notifications off and says why", async (t) => {
  const { choose, stored, parts } = openPage(t, { answer: "denied" });
  await choose("signal-notification", true);
  assert.equal(parts["signal-notification"].checked, false);
  assert.equal(stored["attune-alert-notification"], "no");
  assert.match(parts["signal-hint"].textContent, /blocks notifications/);
});

test("a remembered choice without the permission is off", (t) => {
  const { parts } = openPage(t, { stored: { "attune-alert-notification": "yes" }, permission: "denied" });
  assert.equal(parts["signal-notification"].checked, false);
});

test("a notification says how many alerts are new and names nobody", (t) => {
  const { signals, shown } = openPage(t, { stored: { "attune-alert-notification": "yes" }, permission: "granted" });
  signals.show(alerts(1));
  signals.show(alerts(1, 2, 3));
  signals.show(alerts(1, 2, 3));
  assert.deepEqual(shown, [{ title: "Means", body: "2 new alerts", tag: "attune-alerts", silent: true }]);
});

// Students who are away, as the panel passes them on.
const away = (...ids) =>
  groupAlerts(ids.map((id) => ({ id, kind: "student_away", student: id, recovered_at: null, acknowledged_at: null })));

function openWithNotifications(t) {
  return openPage(t, { stored: { "attune-alert-notification": "yes" }, permission: "granted" });
}

test("each group of alerts about students is signalled, not only the first", (t) => {
  const { signals, shown } = openWithNotifications(t);
  for (const list of [away(), away(1, 2, 3, 4), away(), away(5, 6, 7, 8)]) signals.show(list);
  assert.deepEqual(
    shown.map(({ body }) => body),
    ["1 new alert", "1 new alert"],
  );
});

test("a group that grows, or that falls apart because some recover, is not new", (t) => {
  const { signals, shown } = openWithNotifications(t);
  for (const list of [away(), away(1, 2, 3, 4), away(1, 2, 3, 4, 5), away(3, 4, 5)]) signals.show(list);
  assert.equal(shown.length, 1);
});

test("a page in front gives no notification and no sound", async (t) => {
  const { signals, shown, tones, choose } = openPage(t, { permission: "granted", isInFront: true });
  await choose("signal-sound", true);
  await choose("signal-notification", true);
  tones.length = 0;
  signals.show(alerts());
  signals.show(alerts(1));
  assert.deepEqual([shown, tones], [[], []]);
});

test("the sound plays for new alerts once the teacher has switched it on, and the switch plays it", async (t) => {
  const { signals, tones, choose, stored } = openPage(t);
  signals.show(alerts());
  signals.show(alerts(1));
  assert.deepEqual(tones, []);
  await choose("signal-sound", true);
  assert.deepEqual(tones, [660, 880]);
  signals.show(alerts(1, 2));
  assert.deepEqual(tones, [660, 880, 660, 880]);
  assert.equal(stored["attune-alert-sound"], "yes");
  await choose("signal-sound", false);
  signals.show(alerts(1, 2, 3));
  assert.equal(tones.length, 4);
});

test("after a reload a remembered sound waits for a click, and says so", async (t) => {
  const { signals, tones, parts } = openPage(t, { stored: { "attune-alert-sound": "yes" } });
  assert.match(parts["signal-hint"].textContent, /Click anywhere on this page/);
  signals.show(alerts());
  signals.show(alerts(1));
  assert.deepEqual(tones, []);
  document.dispatchEvent(new Event("pointerdown"));
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  assert.equal(parts["signal-hint"].textContent, "");
  signals.show(alerts(1, 2));
  assert.deepEqual(tones, [660, 880]);
});

test("the title and the icon have the number of alerts until the class ends", async (t) => {
  const { signals, icon } = openPage(t);
  signals.show(alerts(1, 2));
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  assert.equal(document.title, "(2) Means · Attune");
  assert.match(decodeURIComponent(icon.href), /^data:image\/svg\+xml,.*>2<\/text><\/svg>$/);
  signals.stop();
  assert.deepEqual([document.title, icon.href], ["Means · Attune", "/mark.svg"]);
});
