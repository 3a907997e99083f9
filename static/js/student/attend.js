// The page of a student in class: joins over the socket, starts the camera on request, and answers each credit with
// one frame.
import { IdleTimer } from "../lib/idle-timer.js";
import { LiveSocket } from "../lib/live-socket.js";
import { AttendView } from "./attend-view.js";
import { Attendance } from "./attendance.js";
import { CameraPicker } from "./camera-picker.js";
import { Camera, CameraError } from "./camera.js";
import { CreditAnswerer } from "./credits.js";
import { openFrameSource } from "./frames.js";
import { connectResponses } from "./responses-view.js";

const LATE_AFTER_DROPS = 3;
// With the camera on, the server is never silent for longer than a credit lives: the connection has died unnoticed.
const IDLE_TIMEOUT_MS = 30_000;

const root = document.querySelector("[data-attend]");
const view = new AttendView(root);
const picker = new CameraPicker(root, () => camera.track && start());
const camera = new Camera(() => onCameraLost("unplugged"));
const socket = new LiveSocket(root.dataset.socket, {
  onState: onConnectionChange,
  onMessage(message) {
    HANDLERS[message.type]?.(message);
    if (camera.track && message.type !== "warming") idleTimer.restart();
    else idleTimer.stop();
  },
  onFinal: (code) => attendance.finish(code),
});
const responses = connectResponses(root, socket);
const credits = new CreditAnswerer(socket);
let drops = 0;
const idleTimer = new IdleTimer(IDLE_TIMEOUT_MS, () => camera.track && socket.reconnect());
const attendance = new Attendance(view, socket, () => {
  idleTimer.stop();
  releaseCamera();
});

const HANDLERS = {
  welcome(message) {
    credits.maxBytes = message.limits.max_bytes;
    responses.welcome(message);
    onCameraChange(message.camera);
    if (!camera.track) return;
    view.showWaiting();
    socket.send({ type: "start" });
  },
  camera: (message) => onCameraChange(message.camera),
  warming: () => view.showWarming(),
  capture: (credit) => credits.answer(credit),
  result(message) {
    drops = 0;
    if (camera.track) view.showResult(message);
  },
  dropped(message) {
    drops += 1;
    if (drops >= LATE_AFTER_DROPS && message.reason !== "ended") view.showLate();
  },
  refused(message) {
    responses.refused(message);
    // A frame may be in flight when the camera is paused: its refusal is not worth a notice.
    if (message.code !== "paused" || camera.track) view.showPassingNotice(message.detail);
  },
  said: (message) => responses.said(message),
  hand: (message) => responses.hand(message),
  ended: () => attendance.finish(4410),
};

async function start() {
  releaseCamera();
  view.showStarting();
  try {
    if (!(await camera.open())) return;
  } catch (error) {
    onCameraLost(error instanceof CameraError ? error.code : "other");
    return;
  }
  view.showPreview(camera.stream);
  credits.start(openFrameSource(camera.track, view.video));
  picker.refresh(camera.track);
  socket.send({ type: "start" });
}

function pause() {
  releaseCamera();
  view.showPaused();
  socket.send({ type: "pause" });
}

function onCameraLost(code) {
  releaseCamera();
  view.showCameraFailure(code);
  socket.send({ type: "pause" });
}

function releaseCamera() {
  credits.stop();
  camera.close();
  view.hidePreview();
}

// `state` tells whether the course and the student's consent allow the camera.
function onCameraChange(state) {
  if (state === "none") {
    releaseCamera();
    location.reload(); // a course without cameras has another page
    return;
  }
  view.showConsent(state !== "no_consent");
  if (state === "no_consent" && camera.track) {
    releaseCamera();
    view.showCameraFailure("no_consent");
  }
  if (!camera.track) view.showPaused();
}

function onConnectionChange(state) {
  view.showConnection(state);
  responses.connectionChanged(state);
  if (state === "lost") drops = 0;
}

window.addEventListener("pagehide", () => releaseCamera());
attendance.join(root, { start, pause });
