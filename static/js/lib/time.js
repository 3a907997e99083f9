const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const FORMATS = {
  time: new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  day: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" }),
  both: new Intl.DateTimeFormat("en-GB", {
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
    element.textContent = FORMATS[element.dataset.local].format(new Date(element.dateTime));
  }
}
