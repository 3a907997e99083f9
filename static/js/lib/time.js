import { LOCALE } from "./i18n.js";

const clock = new Intl.DateTimeFormat(LOCALE, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const FORMATS = {
  time: new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  day: new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric" }),
  both: new Intl.DateTimeFormat(LOCALE, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }),
};

// "10:42:05" in the reader's time zone; `seconds` since 1970.
export function clockTime(seconds) {
  return clock.format(new Date(seconds * 1000));
}

export function localiseTimes(root = document) {
  for (const element of root.querySelectorAll("time[data-local]")) {
    const at = new Date(element.dateTime);
    element.textContent = FORMATS[formatOf(element, at)].format(at);
  }
}

// "end" stands after a start: the day is said only where it is another one, here, in the reader's time zone.
function formatOf(element, at) {
  if (element.dataset.local !== "end") return element.dataset.local;
  const isSameDay = FORMATS.day.format(at) === FORMATS.day.format(new Date(element.dataset.start));
  return isSameDay ? "time" : "both";
}
