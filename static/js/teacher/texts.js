// What the live dashboard says from JavaScript.
export const STATE_WORDS = {
  seen: "Seen",
  uncertain: "Cannot tell",
  no_face: "No face",
  waiting: "Waiting",
  paused: "Paused",
  no_consent: "Without camera",
  disconnected: "Connection lost",
  left: "Left",
  absent: "Absent",
};

export const ALL = "All";

// How a class looks, one form for each expression.
const LOOKS = {
  happy: "happy",
  surprise: "surprised",
  neutral: "neutral",
  sad: "sad",
  fear: "fearful",
  disgust: "disgusted",
  angry: "angry",
};

export const SENTENCES = {
  nobodyEnrolled: "Nobody is enrolled yet.",
  nobodyHere: "Nobody has joined yet.",
  nobodySeen: (present) => (present === 1 ? "The one student present is not seen." : `None of the ${present} present is seen.`),
  seen: (seen, present, mood) => `${seen} of ${present} present are seen; ${mood}.`,
  oneSeen: (present, name) => `1 of ${present} present is seen and looks ${LOOKS[name]}.`,
  most: (name) => `most look ${LOOKS[name]}`,
  mixed: (first, second) => `expressions are mixed, ${LOOKS[first]} and ${LOOKS[second]} ahead`,
};

export const COVERAGE = {
  seen: (seen, present) => `${seen} of ${present} seen`,
  present: (present, enrolled) => `${present} of ${enrolled} present`,
};

export const STALE = (time) =>
  time ? `Connection lost. Reconnecting; the figures are from ${time}.` : "No connection yet. Still trying.";

export const CLOSED = {
  4401: "You are signed out. Load the page again to sign in.",
  4403: "You do not teach this course any more.",
  4404: "This class is no longer there.",
  4410: "The class has ended.",
};

export const NO_MATCH = "No student matches.";
