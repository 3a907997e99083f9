import { LOCALE } from "./i18n.js";

// The zone in which the server filters and exports, or the browser's own if the browser does not know that zone.
const timeZone = supported(document.documentElement.dataset.timeZone);
const MINUTES = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
const SECONDS = { ...MINUTES, second: "2-digit" };
const DAY = { day: "numeric", month: "short", year: "numeric", timeZone };

const seconds = new Intl.DateTimeFormat(LOCALE, SECONDS);
const FORMATS = {
  time: new Intl.DateTimeFormat(LOCALE, MINUTES),
  day: new Intl.DateTimeFormat(LOCALE, DAY),
  both: new Intl.DateTimeFormat(LOCALE, { ...DAY, ...MINUTES }),
};

// Both take seconds since 1970 and answer in the page's time zone: "10:42:05" and "10:42".
export const clockTime = (at) => seconds.format(new Date(at * 1000));
export const shortClockTime = (at) => FORMATS.time.format(new Date(at * 1000));

// Rewrites the server's times the browser's way, in the page's time zone.
export function localiseTimes(root = document) {
  for (const element of root.querySelectorAll("time[data-local]")) {
    element.textContent = localTime(new Date(element.dateTime), element.dataset);
  }
}

// `local` is "time", "day", "both" or "end". The end of a period is a time, with its day if `start` is on another day.
export function localTime(at, { local, start }) {
  if (local !== "end") return FORMATS[local].format(at);
  const isSameDay = FORMATS.day.format(at) === FORMATS.day.format(new Date(start));
  return FORMATS[isSameDay ? "time" : "both"].format(at);
}

function supported(name) {
  try {
    return new Intl.DateTimeFormat(LOCALE, { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
