// A student in a class that uses no camera: she is in class, and says what she likes. Nothing here asks for a camera.
import { LiveSocket } from "../lib/live-socket.js";
import { Attendance } from "./attendance.js";
import { ClassView } from "./class-view.js";
import { Responses } from "./responses.js";

const root = document.querySelector("[data-attend]");
const view = new ClassView(root);
const socket = new LiveSocket(root.dataset.socket, {
  onState(state) {
    view.showConnection(state);
    responses.connectionChanged(state);
  },
  onMessage: (message) => HANDLERS[message.type]?.(message),
  onFinal: (code) => attendance.finish(code),
});
const responses = new Responses(root, socket);
const attendance = new Attendance(view, socket);

const HANDLERS = {
  welcome(message) {
    responses.welcome(message);
    courseMayHaveChanged(message.camera);
  },
  camera: (message) => courseMayHaveChanged(message.camera),
  said: (message) => responses.said(message),
  hand: (message) => responses.hand(message),
  refused(message) {
    responses.refused(message);
    view.showPassingNotice(message.detail);
  },
  ended: () => attendance.finish(4410),
};

// The course reads faces now: the page for that is another.
function courseMayHaveChanged(camera) {
  if (camera !== "none") location.reload();
}

attendance.open(root);
