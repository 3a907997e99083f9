// Texts of the live dashboard.
import { gettext, interpolate, ngettext, number } from "../lib/i18n.js";

export const STATE_LABELS = {
  in_class: gettext("In class"),
  seen: gettext("Readable"),
  uncertain: gettext("Cannot tell"),
  no_face: gettext("No face"),
  waiting: gettext("Waiting"),
  paused: gettext("Paused"),
  no_consent: gettext("No camera"),
  disconnected: gettext("Connection lost"),
  left: gettext("Left"),
  absent: gettext("Absent"),
};

export const BOARD = {
  open: gettext("Summary view"),
  leave: gettext("Exit summary view"),
};

export const ALL = gettext("All");

// How many students a search or a filter shows.
export const MATCHES = (n) => interpolate(ngettext("%(n)s student shown", "%(n)s students shown", n), format({ n }));

export const RESPONSES = {
  nothing: gettext("No feedback in the last three minutes."),
  say: (count, present, answer) =>
    interpolate(
      ngettext("%(count)s of %(present)s says “%(answer)s”", "%(count)s of %(present)s say “%(answer)s”", count),
      { ...format({ count, present }), answer },
    ),
  faces: (negative, seen) =>
    interpolate(
      ngettext(
        "%(negative)s of %(seen)s readable faces looks negative",
        "%(negative)s of %(seen)s readable faces look negative",
        negative,
      ),
      format({ negative, seen }),
    ),
  asked: (time, answered, present) =>
    interpolate(
      ngettext(
        "Asked at %(time)s: %(answered)s of %(present)s has answered since.",
        "Asked at %(time)s: %(answered)s of %(present)s have answered since.",
        answered,
      ),
      { ...format({ answered, present }), time },
    ),
  notAsked: gettext("The class was not asked. Try again."),
  lower: gettext("Lower"),
  notLowered: gettext("Not saved. Try again."),
  lowerHand: (name) => interpolate(gettext("Lower the hand of %(name)s"), { name }),
  since: (time) => interpolate(gettext("since %(time)s"), { time }),
  handUp: gettext("Hand up"),
};

export const MARKERS = {
  rename: gettext("Rename"),
  renameMarker: (text) => interpolate(gettext("Rename the marker %(text)s"), { text }),
  remove: gettext("Remove"),
  removeMarker: (text) => interpolate(gettext("Remove the marker %(text)s"), { text }),
  notSaved: gettext("Not saved. Try again."),
};

export const STUDENT = {
  joined: gettext("Joined"),
  minutes: gettext("Minutes in class"),
  rejoins: gettext("Rejoined"),
  readable: gettext("Readable snapshots"),
  share: (certain, readings, share) =>
    interpolate(gettext("%(certain)s of %(readings)s (%(share)s)"), { ...format({ certain, readings }), share }),
  ended: (reason, time) => interpolate(gettext("%(reason)s Ended at %(time)s."), { reason, time }),
  notJoined: gettext("Has not joined this class."),
  failed: (time) =>
    time
      ? interpolate(gettext("Could not load this. Trying again; the figures are from %(time)s."), { time })
      : gettext("Could not load this. Trying again."),
};

export const COVERAGE = {
  seen: (seen, present) => interpolate(gettext("%(seen)s of %(present)s readable"), format({ seen, present })),
  fromFive: gettext("Needs five readable students"),
  answered: (answered, present) =>
    interpolate(gettext("%(answered)s of %(present)s gave feedback"), format({ answered, present })),
  present: (present, enrolled) =>
    interpolate(gettext("%(present)s of %(enrolled)s present"), format({ present, enrolled })),
};

export const CONSENT = (agreed, asked) =>
  interpolate(
    ngettext(
      "%(agreed)s of %(asked)s has agreed to camera reading",
      "%(agreed)s of %(asked)s have agreed to camera reading",
      agreed,
    ),
    format({ agreed, asked }),
  );

export const REQUESTS = (n) =>
  interpolate(
    ngettext("%(n)s student is waiting to be let in.", "%(n)s students are waiting to be let in.", n),
    format({ n }),
  );

export const STALE = (time) =>
  time
    ? interpolate(gettext("Connection lost. Reconnecting; the figures are from %(time)s."), { time })
    : gettext("No connection yet. Still trying.");

// By the socket's close code.
export const CLOSED = {
  4401: gettext("You are signed out. Reload the page to sign in."),
  4403: gettext("You no longer teach or assist in this course."),
  4404: gettext("This class no longer exists, or you do not teach or assist in its course."),
  4410: gettext("The class has ended."),
  4429: gettext("This page sent too many messages. Wait a minute, then reload it."),
};

function format(values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, number(value)]));
}
