// The page of a student in a class without cameras, who can answer and raise a hand. Nothing here asks for a camera.
import { Attendance } from "./attendance.js";
import { ClassView } from "./class-view.js";
import { connectResponses } from "./responses-view.js";
import { StudentConnection } from "./student-connection.js";

const root = document.querySelector("[data-attend]");
const view = new ClassView(root);
const socket = new StudentConnection(root, {
  onState(state) {
    view.showConnection(state);
    responses.connectionChanged(state);
  },
  onMessage: (message) => HANDLERS[message.type]?.(message),
  onFinal: (code) => attendance.finish(code),
  onResponses: (state) => responses.welcome(state),
  onBlocked: (isBlocked) => view.showBlocked(isBlocked),
});
const responses = connectResponses(root, socket);
const attendance = new Attendance(view, socket);

const HANDLERS = {
  welcome(message) {
    responses.welcome(message);
    reloadIfCameraUsed(message);
  },
  camera: reloadIfCameraUsed,
  said: (message) => responses.said(message),
  hand: (message) => responses.hand(message),
  asked: (message) => responses.asked(message),
  refused(message) {
    responses.refused(message);
    view.showPassingNotice(message.detail);
  },
  topic: (message) => view.showTopic(message.topic),
  ended: () => attendance.finish(4410),
};

// A course with cameras has another page.
function reloadIfCameraUsed({ camera }) {
  if (camera !== "none") location.reload();
}

attendance.join(root);
