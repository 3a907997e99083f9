// A student in a class that uses no camera: she is in class, and says what she likes. Nothing here asks for a camera.
import { LiveSocket } from "../lib/live-socket.js";
import { ClassDoor } from "./class-door.js";
import { ClassView } from "./class-view.js";
import { Voice } from "./voice.js";

const root = document.querySelector("[data-attend]");
const view = new ClassView(root);
const socket = new LiveSocket(root.dataset.socket, {
  onState(state) {
    view.showConnection(state);
    voice.connectionChanged(state);
  },
  onMessage: (message) => HANDLERS[message.type]?.(message),
  onFinal: (code) => door.finish(code),
});
const voice = new Voice(root, socket);
const door = new ClassDoor(view, socket);

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
  ended: () => door.finish(4410),
};

// The course reads faces now: the page for that is another.
function courseMayHaveChanged(camera) {
  if (camera !== "none") location.reload();
}

door.open(root);
