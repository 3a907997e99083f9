// Texts about alerts. Their reasons come from the server.
import { gettext, interpolate } from "../lib/i18n.js";

export const ALERTS = {
  theClass: gettext("The class"),
  gotIt: gettext("Got it"),
  gotItAbout: (name) => interpolate(gettext("about %(name)s"), { name }),
  noted: gettext("Noted"),
  since: (time) => interpolate(gettext("since %(time)s"), { time }),
  easing: (time) => interpolate(gettext("since %(time)s, easing"), { time }),
  ended: (from, to) => interpolate(gettext("%(from)s to %(to)s"), { from, to }),
  annotation: (name) => interpolate(gettext("Alert: %(name)s"), { name }),
  announced: (name, reason) => interpolate(gettext("Alert. %(name)s: %(reason)s"), { name, reason }),
  failed: gettext("Not saved. Try again."),
};
