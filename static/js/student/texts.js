// What the student's class page says from JavaScript.
export const CAMERA_FAILURES = {
  denied:
    "Your browser did not allow the camera. Choose the camera or lock sign beside the address, allow the camera, then start it again.",
  missing: "No camera was found. Connect one, or attend without it.",
  busy: "Another program is using the camera. Close it there, then start it again here.",
  insecure: "Browsers give the camera to secure pages only. Open this page with an address that starts with https://.",
  unsupported: "This browser cannot use a camera on a page. A recent Chrome, Edge, Firefox or Safari can.",
  unplugged: "The camera stopped. It may have been unplugged or switched off. Start it again when it is back.",
  no_consent: "Your camera was stopped: you withdrew your consent, or its text has changed.",
  other: "The camera could not be started. Try again, or choose another camera.",
};

export const SEEN = {
  off: "Paused: your camera is off",
  noConsent: "Without camera: that you are in class",
  starting: "Paused: the camera is starting",
  warming: "Waiting: getting ready",
  waiting: "Waiting: the next reading is on its way",
  noFace: "No face",
  uncertain: "Cannot tell",
  away: "Connection lost",
  gone: "Left",
};

export const DETAIL = {
  noFace: "Your teacher sees “no face”. Move into the picture if you like.",
  many: (faces) => `${faces} faces were found. Only the one nearest the camera is read.`,
  unsure: (reason) => `Shown as unsure, because ${reason}.`,
  late: "The readings are arriving late. Nothing for you to do.",
};

export const CLOSED = {
  1000: { title: "You have left the class", text: "Your camera is off.", action: "rejoin", label: "Join again" },
  4400: { title: "Something went wrong on this page", text: "Load it again to go on.", action: "reload", label: "Load again" },
  4401: { title: "You are signed out", text: "Sign in again to go on with the class.", action: "reload", label: "Sign in" },
  4403: { title: "You are not in this course", text: "Join the course with its code first.", action: "home", label: "Your courses" },
  4404: { title: "There is no such class", text: "It may have been removed.", action: "home", label: "Your courses" },
  4409: {
    title: "You are in this class on another device",
    text: "One device at a time. Your camera is off here.",
    action: "rejoin",
    label: "Use this device",
  },
  4410: { title: "The class has ended", text: "Your camera is off.", action: "mine", label: "See what was read" },
  4429: { title: "Something went wrong on this page", text: "Load it again to go on.", action: "reload", label: "Load again" },
};

export const CAMERA_NAME = (number) => `Camera ${number}`;
