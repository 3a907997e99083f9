// What the student's class page says from JavaScript.
import { gettext, interpolate, ngettext, number } from "../lib/i18n.js";

export const CAMERA_FAILURES = {
  denied: gettext(
    "Your browser did not allow the camera. Choose the camera or lock sign beside the address, allow the camera, then start it again.",
  ),
  missing: gettext("No camera was found. Connect one, or attend without it."),
  busy: gettext("Another program is using the camera. Close it there, then start it again here."),
  insecure: gettext(
    "Browsers give the camera to secure pages only. Open this page with an address that starts with https://.",
  ),
  unsupported: gettext("This browser cannot use a camera on a page. A recent Chrome, Edge, Firefox or Safari can."),
  unplugged: gettext("The camera stopped. It may have been unplugged or switched off. Start it again when it is back."),
  no_consent: gettext("Your camera was stopped: you withdrew your consent, or its text has changed."),
  other: gettext("The camera could not be started. Try again, or choose another camera."),
};

export const SEEN = {
  off: gettext("Paused: your camera is off"),
  noConsent: gettext("Without camera: that you are in class"),
  starting: gettext("Paused: the camera is starting"),
  warming: gettext("Waiting: getting ready"),
  waiting: gettext("Waiting: the next reading is on its way"),
  noFace: gettext("No face"),
  uncertain: gettext("Cannot tell"),
  away: gettext("Connection lost"),
  gone: gettext("Left"),
};

export const DETAIL = {
  noFace: gettext("Your teacher sees “no face”. Move into the picture if you like."),
  many: (faces) =>
    interpolate(
      ngettext(
        "%(faces)s face was found. Only the one nearest the camera is read.",
        "%(faces)s faces were found. Only the one nearest the camera is read.",
        faces,
      ),
      { faces: number(faces) },
    ),
  unsure: (reason) => interpolate(gettext("Shown as unsure, because %(reason)s."), { reason }),
  late: gettext("The readings are arriving late. Nothing for you to do."),
};

const REJOIN = { action: "rejoin" };
const RELOAD = {
  title: gettext("Something went wrong on this page"),
  text: gettext("Load it again to go on."),
  action: "reload",
  label: gettext("Load again"),
};
const TO_COURSES = { action: "home", label: gettext("Your courses") };
const CAMERA_OFF = { text: gettext("Your camera is off."), plain: "" };

export const CLOSED = {
  1000: { title: gettext("You have left the class"), ...CAMERA_OFF, ...REJOIN, label: gettext("Join again") },
  4400: RELOAD,
  4401: {
    title: gettext("You are signed out"),
    text: gettext("Sign in again to go on with the class."),
    action: "reload",
    label: gettext("Sign in"),
  },
  4403: {
    title: gettext("You are not in this course"),
    text: gettext("Join the course with its code first."),
    ...TO_COURSES,
  },
  4404: { title: gettext("There is no such class"), text: gettext("It may have been removed."), ...TO_COURSES },
  4409: {
    title: gettext("You are in this class on another device"),
    text: gettext("One device at a time. Your camera is off here."),
    plain: gettext("One device at a time."),
    ...REJOIN,
    label: gettext("Use this device"),
  },
  4410: { title: gettext("The class has ended"), ...CAMERA_OFF, action: "mine", label: gettext("See what is kept") },
  4429: RELOAD,
};

export const VOICE = {
  nothing: gettext("Nothing said. An answer counts for three minutes."),
  sending: gettext("On its way …"),
  notSent: gettext("Not sent yet: there is no connection."),
  counts: (word, time) => interpolate(gettext("“%(word)s” counts until %(time)s."), { word, time }),
  raise: gettext("Raise hand"),
  lower: gettext("Lower hand"),
  up: gettext("Your hand is up."),
  lowered: gettext("Your teacher has lowered your hand."),
};

export const CAMERA_NAME = (index) => interpolate(gettext("Camera %(number)s"), { number: number(index) });
