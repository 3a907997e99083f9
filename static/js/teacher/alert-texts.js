// Texts about alerts. Their reasons come from the server.
import { gettext, interpolate, ngettext, number } from "../lib/i18n.js";

export const ALERTS = {
  theClass: gettext("The class"),
  mark: gettext("Alert"),
  gotIt: gettext("Got it"),
  gotItAbout: (name) => interpolate(gettext("about %(name)s"), { name }),
  noted: gettext("Noted"),
  notedBy: (name) => interpolate(gettext("Noted by %(name)s"), { name }),
  students: (n) => interpolate(ngettext("%(n)s student", "%(n)s students", n), { n: number(n) }),
  several: gettext("Several students"),
  severalReasons: {
    student_away: gettext("Camera on, but often no face."),
    student_negative: gettext("Expressions stay negative."),
  },
  over: (name) => interpolate(gettext("%(name)s (ended)"), { name }),
  since: (time) => interpolate(gettext("since %(time)s"), { time }),
  easing: (time) => interpolate(gettext("since %(time)s, easing"), { time }),
  ended: (from, to) => interpolate(gettext("%(from)s to %(to)s"), { from, to }),
  annotation: (name) => interpolate(gettext("Alert: %(name)s"), { name }),
  announced: (name, reason) => interpolate(gettext("Alert. %(name)s: %(reason)s"), { name, reason }),
  failed: gettext("Not saved. Try again."),
};

export const SIGNALS = {
  // The body of a desktop notification: no name, and nothing about a face.
  fresh: (n) => interpolate(ngettext("%(n)s new alert", "%(n)s new alerts", n), { n: number(n) }),
  denied: gettext("The browser blocks notifications from this site. Allow them in its site settings."),
  impossible: gettext("This browser cannot show notifications from this page."),
  silent: gettext("Click anywhere on this page to enable sound."),
};

export const PREVIEW = {
  invalid: gettext("Correct the numbers to see a preview."),
  failed: gettext("The preview could not be loaded."),
  wait: (n) => interpolate(ngettext("Next preview in %(n)s second.", "Next preview in %(n)s seconds.", n), { n }),
};
