// A student in a class that uses no camera: she is in class, and says what she likes. Nothing here asks for a camera.
import { LiveSocket } from "../lib/live-socket.js";
import { ClassView } from "./class-view.js";
import { Voice } from "./voice.js";

const LEAVE_TIMEOUT_MS = 1500;

const root = document.querySelector("[data-attend]");
const view = new ClassView(root);
const socket = new LiveSocket(root.dataset.socket, {
  onState(state) {
    view.showConnection(state);
    voice.connectionChanged(state);
  },
  onMessage: (message) => HANDLERS[message.type]?.(message),
  onFinal: finish,
});
const voice = new Voice(root, socket);
let leaving = null;

const HANDLERS = {
  welcome(message) {
    voice.welcome(message);
    courseMayHaveChanged(message.camera);
  },
  camera: (message) => courseMayHaveChanged(message.camera),
  said: (message) => voice.said(message),
  hand: (message) => voice.hand(message),
  refused(message) {
    voice.refused(message);
    view.showPassingNotice(message.detail);
  },
  ended: () => finish(4410),
};

// The course reads faces now: the page for that is another.
function courseMayHaveChanged(camera) {
  if (camera !== "none") location.reload();
}

function finish(code) {
  if (view.isFinished) return;
  clearTimeout(leaving);
  socket.close();
  view.showFinished(code);
}

const ACTIONS = {
  leave() {
    socket.send({ type: "leave" });
    leaving = setTimeout(() => finish(1000), socket.isOpen ? LEAVE_TIMEOUT_MS : 0);
  },
  reload: () => location.reload(),
  rejoin() {
    view.showClass();
    socket.open();
  },
};

root.addEventListener("click", (event) => {
  const action = event.target.closest("[data-action]")?.dataset.action;
  if (action) ACTIONS[action]();
});
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
socket.open();
