// The words that every area of the pages shares, in one place for translators.
export const COPIED = "Copied";

export const EXPRESSION_WORDS = {
  happy: "Happy",
  surprise: "Surprise",
  neutral: "Neutral",
  sad: "Sad",
  fear: "Fear",
  disgust: "Disgust",
  angry: "Angry",
};

export const EXPRESSION_LETTERS = {
  happy: "H",
  surprise: "Su",
  neutral: "N",
  sad: "Sa",
  fear: "F",
  disgust: "D",
  angry: "A",
};

export const BAND_WORDS = { clear: "clear", likely: "likely", unsure: "unsure" };

// Why an expression could not be told: in short beside a tile, and as part of a sentence.
export const UNCERTAIN_BRIEFLY = {
  too_small: "too far away",
  too_dark: "too dark",
  too_blurred: "too blurred",
  flat: "none stands out",
};

export const UNCERTAIN_WORDS = {
  too_small: "the face is too small",
  too_dark: "it is too dark",
  too_blurred: "the picture is too blurred",
  flat: "no expression stands out",
};

export const CONNECTION_WORDS = {
  connecting: "Connecting",
  open: "Connected",
  lost: "Reconnecting",
  closed: "Not connected",
};

export const CHART_TEXTS = {
  time: "Time",
  seen: "Seen",
  present: "Present",
  nobody: "no face read",
  pointAtChart: "Point at the chart to read a moment.",
  nothingYet: "The first figures appear within half a minute.",
  seenOf: (seen, present) => `${seen} of ${present} seen`,
};
