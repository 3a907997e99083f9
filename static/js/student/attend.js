// The page of a student in class: joins over the socket, and lets the student test, start and pause the camera.
import { AttendView } from "./attend-view.js";
import { Attendance } from "./attendance.js";
import { CameraControl } from "./camera-control.js";
import { connectResponses } from "./responses-view.js";
import { StudentConnection } from "./student-connection.js";

const LATE_AFTER_DROPS = 3;

const root = document.querySelector("[data-attend]");
const view = new AttendView(root);
const socket = new StudentConnection(root, {
  onState: onConnectionChange,
  onMessage: (message) => HANDLERS[message.type]?.(message),
  onFinal: (code) => attendance.finish(code),
  onResponses: (state) => responses.welcome(state),
  onBlocked(isBlocked) {
    if (isBlocked && camera.isStarted) camera.pause();
    view.showBlocked(isBlocked);
  },
});
const responses = connectResponses(root, socket);
const camera = new CameraControl(root, view, socket);
const attendance = new Attendance(view, socket, () => camera.release());
let drops = 0;

const HANDLERS = {
  welcome(message) {
    responses.welcome(message);
    onCameraChange(message.camera);
    camera.rejoin(message.limits.max_bytes);
  },
  camera(message) {
    camera.follow(message.camera);
    onCameraChange(message.camera);
  },
  warming: () => view.showWarming(),
  capture: (credit) => camera.answer(credit),
  result(message) {
    drops = 0;
    if (camera.isLive) view.showResult(message);
  },
  dropped(message) {
    drops += 1;
    if (drops >= LATE_AFTER_DROPS && message.reason !== "ended") view.showLate();
  },
  refused(message) {
    responses.refused(message);
    if (message.code === "too_costly") {
      camera.pause(message.detail);
      return;
    }
    // A frame may be in flight when the camera is paused. Its refusal is not worth a notice.
    if (message.code !== "paused" || camera.isLive) view.showPassingNotice(message.detail);
  },
  said: (message) => responses.said(message),
  hand: (message) => responses.hand(message),
  asked: (message) => responses.asked(message),
  topic: (message) => view.showTopic(message.topic),
  ended: () => attendance.finish(4410),
};

// `state` tells whether the course and the student's consent allow the camera.
function onCameraChange(state) {
  if (state === "none") {
    camera.release();
    location.reload(); // a course without cameras has another page
    return;
  }
  view.showConsent(state !== "no_consent");
  if (state === "no_consent" && camera.isStarted) {
    camera.release();
    view.showCameraFailure("no_consent");
  }
  // The answer to an earlier pause says nothing about a camera that the student is starting again.
  if (root.dataset.camera === "starting") return;
  if (!camera.isOn) view.showPaused();
  else if (state === "resting") view.showResting();
  else if (state === "on" && camera.isLive) view.showLive(false);
}

function onConnectionChange(state) {
  view.showConnection(state);
  responses.connectionChanged(state);
  if (state === "lost") drops = 0;
}

window.addEventListener("pagehide", () => camera.release());
attendance.join(root, {
  start: () => camera.start(),
  test: () => camera.test(),
  offered: () => camera.startOffered(),
  pause: () => camera.pause(),
});
