// Texts of the student's class page.
import { gettext, interpolate, ngettext, number } from "../lib/i18n.js";

export const CAMERA_FAILURES = {
  denied: gettext(
    "Your browser blocked the camera. Allow it with the lock or camera icon by the address, then start it again.",
  ),
  missing: gettext("No camera found. Connect one, or attend without it."),
  busy: gettext("Another app is using this camera, perhaps your video call. Often both can share it."),
  insecure: gettext("Browsers allow the camera only on secure pages. Open this page at an https:// address."),
  unsupported: gettext("This browser does not support cameras. Use a recent Chrome, Edge, Firefox or Safari."),
  unplugged: gettext("The camera stopped. It may be unplugged or switched off. Start it again when it is back."),
  no_consent: gettext("Your camera was stopped because your consent was withdrawn or its text has changed."),
  stopped: gettext("The server stopped your camera. You can start it again."),
  slow: gettext(
    "Waiting for the camera. If your browser asks for permission, allow it. If not, another app may be using the camera.",
  ),
  faces_only: gettext(
    "This course accepts only your face, cut out on your own computer, and this browser could not do that. Reload the page. If that does not help, use a current Chrome, Edge, Firefox or Safari, or attend without the camera.",
  ),
  other: gettext("The camera could not be started. Try again, or choose another camera."),
};

// Why a camera that is on gives no picture: see LivePicture.
export const NO_PICTURE = {
  muted: gettext(
    "No camera picture: your device has paused it. A phone call, another app or a privacy switch can do that. It resumes by itself afterwards.",
  ),
  no_frame: gettext(
    "The camera is on, but there is no picture. Close other apps that may use it, unplug it and plug it in again, or choose another camera.",
  ),
  frozen: gettext("The camera’s picture has stopped moving, so nothing is read. Pause the camera and start it again."),
  blank: gettext("The camera shows only a plain colour. Open its cover or privacy switch, or turn a light on."),
};

export const RESTING = gettext(
  "Your camera is on hold: the server’s database is unavailable, so it cannot check your consent. Nothing is read, and your camera resumes by itself.",
);

// Data that leaves the student's computer.
export const SENT = {
  face: gettext("Only this leaves your computer: your face, found and cut out in this browser."),
  nobody: gettext("No face is in view, so no picture leaves your computer."),
  whole: gettext("Your camera’s picture is sent, and the server finds your face in it. It is never stored."),
  total: (bytes) =>
    interpolate(gettext("%(size)s KB sent since you opened this page"), { size: number(Math.ceil(bytes / 1024)) }),
};

// The light of a camera that is tested.
export const LIGHT = {
  dark: gettext("Your picture is dark. A lamp or a window in front of you helps."),
  bright: gettext("Your picture is very bright. Close the curtain, or move away from the window or lamp."),
  good: gettext("The light is good."),
};

// The student's state, in the words of the teacher's dashboard.
export const TEACHER_SEES = {
  off: gettext("Paused: your camera is off"),
  noConsent: gettext("No camera: nothing is read"),
  starting: gettext("Paused: the camera is starting"),
  testing: gettext("Paused: you are testing your camera"),
  noPicture: gettext("Paused: no camera picture"),
  warming: gettext("Waiting: getting ready"),
  resting: gettext("Waiting: cameras are on hold"),
  waiting: gettext("Waiting for the next reading"),
  noFace: gettext("No face"),
  uncertain: gettext("Cannot tell"),
  lost: gettext("Connection lost"),
  left: gettext("Left"),
};

export const DETAIL = {
  noFace: gettext("No face in view. Move into view if you like."),
  many: (faces) =>
    interpolate(
      ngettext(
        "%(faces)s face was found. Only the one nearest the camera is read.",
        "%(faces)s faces were found. Only the one nearest the camera is read.",
        faces,
      ),
      { faces: number(faces) },
    ),
  uncertain: (reason) => interpolate(gettext("Shown as “Cannot tell” because %(reason)s."), { reason }),
  late: gettext("Readings are arriving late. You don’t need to do anything."),
};

// The course page, once there is nothing left to wait for.
export const WAITING = {
  approval: gettext("Your request was not accepted. Ask your teacher if you think this is a mistake."),
  class: gettext("You are no longer in this course."),
};

const REJOIN = { action: "rejoin" };
const RELOAD = {
  title: gettext("Something went wrong on this page"),
  text: gettext("Reload the page to continue."),
  action: "reload",
  label: gettext("Reload"),
};
const TO_COURSES = { action: "home", label: gettext("Your courses") };
const CAMERA_OFF = { text: gettext("Your camera is off."), textWithoutCamera: "" };

// By the socket's close code.
export const CLOSED = {
  1000: { title: gettext("You have left the class"), ...CAMERA_OFF, ...REJOIN, label: gettext("Join again") },
  4400: RELOAD,
  4401: {
    title: gettext("You are signed out"),
    text: gettext("Sign in again to continue the class."),
    action: "reload",
    label: gettext("Sign in"),
  },
  4403: {
    title: gettext("You are no longer in this course"),
    text: gettext("Your teacher can let you in again."),
    ...TO_COURSES,
  },
  4404: {
    title: gettext("Class not found"),
    text: gettext("It may have been removed, or you are not in its course."),
    ...TO_COURSES,
  },
  4409: {
    title: gettext("You are in this class on another device"),
    text: gettext("One device at a time. Your camera is off here."),
    textWithoutCamera: gettext("One device at a time."),
    ...REJOIN,
    label: gettext("Use this device"),
  },
  4410: { title: gettext("The class has ended"), ...CAMERA_OFF, action: "mine", label: gettext("See your data") },
  4429: RELOAD,
};

export const RESPONSES = {
  nothing: gettext("No answer at the moment. An answer counts for three minutes."),
  sending: gettext("Sending …"),
  notSent: gettext("Not sent yet: no connection."),
  asked: gettext("Your teacher asks: how is the class going for you?"),
  earlierCounts: (answer, time) =>
    interpolate(gettext("Your earlier answer “%(answer)s” counts until %(time)s."), { answer, time }),
  counts: (answer, time) => interpolate(gettext("“%(answer)s” counts until %(time)s."), { answer, time }),
  raise: gettext("Raise hand"),
  lower: gettext("Lower hand"),
  up: gettext("Your hand is up."),
  lowered: gettext("Your teacher lowered your hand."),
};

export const OFFER_CAMERA = (name) => interpolate(gettext("Use “%(name)s” instead"), { name });

export const CAMERA_NAME = (index) => interpolate(gettext("Camera %(number)s"), { number: number(index) });
