// A student in class: joins over the socket, starts the camera on request, and answers each credit with one frame.
import { LiveSocket } from "../lib/live-socket.js";
import { IdleTimer } from "../lib/idle-timer.js";
import { Camera, CameraError } from "./camera.js";
import { CameraPicker } from "./camera-picker.js";
import { Attendance } from "./attendance.js";
import { CreditAnswerer } from "./credits.js";
import { AttendView } from "./attend-view.js";
import { Responses } from "./responses.js";

const LATE_AFTER_DROPS = 3;
// With the camera on, the server is never silent for longer than a credit lives. Then the connection died unnoticed.
const IDLE_TIMEOUT_MS = 30_000;

const root = document.querySelector("[data-attend]");
const view = new AttendView(root);
const picker = new CameraPicker(root, () => camera.track && start());
const camera = new Camera(() => cameraLost("unplugged"));
const socket = new LiveSocket(root.dataset.socket, {
  onState: connectionChanged,
  onMessage(message) {
    HANDLERS[message.type]?.(message);
    if (camera.track && message.type !== "warming") idleTimer.restart();
    else idleTimer.stop();
  },
  onFinal: (code) => attendance.finish(code),
});
const responses = new Responses(root, socket);
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
    cameraChanged(message.camera);
    if (!camera.track) return;
    view.showWaiting();
    socket.send({ type: "start" });
  },
  camera: (message) => cameraChanged(message.camera),
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
    // A frame that was on its way when the camera was paused is nobody's mistake.
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
    cameraLost(error instanceof CameraError ? error.code : "other");
    return;
  }
  view.showPreview(camera.stream);
  credits.start(camera.track, view.video);
  picker.refresh(camera.track);
  socket.send({ type: "start" });
}

function pause() {
  releaseCamera();
  view.showPaused();
  socket.send({ type: "pause" });
}

function cameraLost(code) {
  releaseCamera();
  view.showCameraFailure(code);
  socket.send({ type: "pause" });
}

function releaseCamera() {
  credits.stop();
  camera.close();
  view.hidePreview();
}

function cameraChanged(state) {
  if (state === "none") {
    releaseCamera();
    location.reload(); // the course uses no camera any more, and has another page
    return;
  }
  view.showConsent(state !== "no_consent");
  if (state === "no_consent" && camera.track) {
    releaseCamera();
    view.showCameraFailure("no_consent");
  }
  if (!camera.track) view.showPaused();
}

function connectionChanged(state) {
  view.showConnection(state);
  responses.connectionChanged(state);
  if (state === "lost") drops = 0;
}

window.addEventListener("pagehide", () => releaseCamera());
attendance.open(root, { start, pause });
