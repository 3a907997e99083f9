// The page of a student in class: joins over the socket, starts the camera on request, and answers each credit with
// one frame. The server is asked for credits only while the camera gives live pictures.
import { AttendView } from "./attend-view.js";
import { Attendance } from "./attendance.js";
import { CameraPicker } from "./camera-picker.js";
import { Camera, CameraError } from "./camera.js";
import { CreditAnswerer } from "./credits.js";
import { LivePicture } from "./live-picture.js";
import { connectResponses } from "./responses-view.js";
import { StudentConnection } from "./student-connection.js";

const LATE_AFTER_DROPS = 3;

// Opening takes longer than this only if the browser asks the student, or if another program holds the camera.
const SLOW_CAMERA_MS = 5_000;

const root = document.querySelector("[data-attend]");
const view = new AttendView(root);
const picker = new CameraPicker(root, () => camera.track && start());
const camera = new Camera(() => onCameraLost("unplugged"));
const socket = new StudentConnection(root, {
  onState: onConnectionChange,
  onMessage: (message) => HANDLERS[message.type]?.(message),
  onFinal: (code) => attendance.finish(code),
  onResponses: (state) => responses.synchronise(state),
  onBlocked(isBlocked) {
    if (isBlocked && camera.track) pause();
    view.showBlocked(isBlocked);
  },
});
const responses = connectResponses(root, socket);
const credits = new CreditAnswerer(socket);
const picture = new LivePicture(onPictureChange);
let drops = 0;
const attendance = new Attendance(view, socket, releaseCamera);

const HANDLERS = {
  welcome(message) {
    credits.maxBytes = message.limits.max_bytes;
    responses.welcome(message);
    onCameraChange(message.camera);
    if (picture.isLive || picture.trouble) onPictureChange(picture.trouble);
  },
  camera: (message) => onCameraChange(message.camera),
  warming: () => view.showWarming(),
  capture: (credit) => credits.answer(credit),
  result(message) {
    drops = 0;
    if (picture.isLive) view.showResult(message);
  },
  dropped(message) {
    drops += 1;
    if (drops >= LATE_AFTER_DROPS && message.reason !== "ended") view.showLate();
  },
  refused(message) {
    responses.refused(message);
    if (message.code === "too_costly") {
      releaseCamera();
      view.showPaused();
      view.showNotice(message.detail);
      return;
    }
    // A frame may be in flight when the camera is paused: its refusal is not worth a notice.
    if (message.code !== "paused" || picture.isLive) view.showPassingNotice(message.detail);
  },
  said: (message) => responses.said(message),
  hand: (message) => responses.hand(message),
  ended: () => attendance.finish(4410),
};

async function start() {
  releaseCamera();
  view.showStarting();
  const slow = setTimeout(() => view.showSlowCamera(), SLOW_CAMERA_MS);
  try {
    if (!(await camera.open())) return;
  } catch (error) {
    onCameraLost(error instanceof CameraError ? error.code : "other");
    return;
  } finally {
    clearTimeout(slow);
  }
  view.showPreview(camera.stream);
  picture.start(camera.track, view.video);
  credits.start(picture);
  picker.refresh(camera.track);
}

// `trouble`: why the camera gives no picture, or null.
function onPictureChange(trouble) {
  if (trouble) view.showNoPicture(trouble);
  else view.showLive();
  socket.send({ type: trouble ? "pause" : "start" });
}

function pause() {
  releaseCamera();
  view.showNotice("");
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
