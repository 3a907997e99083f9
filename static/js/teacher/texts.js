// What the live dashboard says from JavaScript.
import { gettext, interpolate, number } from "../lib/i18n.js";

export const STATE_WORDS = {
  in_class: gettext("In class"),
  seen: gettext("Seen"),
  uncertain: gettext("Cannot tell"),
  no_face: gettext("No face"),
  waiting: gettext("Waiting"),
  paused: gettext("Paused"),
  no_consent: gettext("Without camera"),
  disconnected: gettext("Connection lost"),
  left: gettext("Left"),
  absent: gettext("Absent"),
};

export const ALL = gettext("All");

export const SAYS = {
  nothing: gettext("Nobody has said anything in the last three minutes."),
  say: (count, present, word) =>
    interpolate(gettext("%(count)s of %(present)s say “%(word)s”"), { ...counts({ count, present }), word }),
  faces: (negative, seen) =>
    interpolate(gettext("faces read negative: %(negative)s of %(seen)s seen"), counts({ negative, seen })),
  lower: gettext("Lower"),
  lowerOf: (name) => interpolate(gettext("Lower the hand of %(name)s"), { name }),
  since: (time) => interpolate(gettext("since %(time)s"), { time }),
  handUp: gettext("Hand up"),
};

export const MARKERS = {
  rename: gettext("Rename"),
  renameOf: (text) => interpolate(gettext("Rename the marker %(text)s"), { text }),
  remove: gettext("Remove"),
  removeOf: (text) => interpolate(gettext("Remove the marker %(text)s"), { text }),
  notSaved: gettext("That was not saved. Try again."),
};

// What is known of one student in this class so far.
export const STUDENT = {
  open: gettext("Open the student's timeline"),
  joined: gettext("Joined"),
  minutes: gettext("Minutes in class"),
  rejoins: gettext("Came back"),
  seen: gettext("Snapshots that could be read"),
  seenOf: (certain, readings, share) =>
    interpolate(gettext("%(certain)s of %(readings)s (%(share)s)"), { ...counts({ certain, readings }), share }),
  over: (reason, time) => interpolate(gettext("%(reason)s Over at %(time)s."), { reason, time }),
  notJoined: gettext("Has not joined this class."),
  failed: gettext("This could not be loaded. Trying again."),
};

export const COVERAGE = {
  seen: (seen, present) => interpolate(gettext("%(seen)s of %(present)s seen"), counts({ seen, present })),
  said: (said, present) =>
    interpolate(gettext("%(said)s of %(present)s have said something"), counts({ said, present })),
  present: (present, enrolled) =>
    interpolate(gettext("%(present)s of %(enrolled)s present"), counts({ present, enrolled })),
};

export const STALE = (time) =>
  time
    ? interpolate(gettext("Connection lost. Reconnecting; the figures are from %(time)s."), { time })
    : gettext("No connection yet. Still trying.");

export const CLOSED = {
  4401: gettext("You are signed out. Load the page again to sign in."),
  4403: gettext("You do not teach this course any more."),
  4404: gettext("This class is no longer there."),
  4410: gettext("The class has ended."),
};

function counts(values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, number(value)]));
}
