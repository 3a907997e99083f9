// Texts used on more than one page, collected for translators.
import { gettext, interpolate, number, pgettext } from "./i18n.js";

export const COPIED = gettext("Copied");

export const EXPRESSION_LABELS = {
  happy: gettext("Happy"),
  surprise: gettext("Surprise"),
  neutral: gettext("Neutral"),
  sad: gettext("Sad"),
  fear: gettext("Fear"),
  disgust: gettext("Disgust"),
  angry: gettext("Angry"),
  uncertain: gettext("Cannot tell"),
  unread: gettext("Not read"),
};

export const EXPRESSION_LETTERS = {
  happy: pgettext("happy in short", "H"),
  surprise: pgettext("surprise in short", "Su"),
  neutral: pgettext("neutral in short", "N"),
  sad: pgettext("sad in short", "Sa"),
  fear: pgettext("fear in short", "F"),
  disgust: pgettext("disgust in short", "D"),
  angry: pgettext("angry in short", "A"),
  uncertain: "?",
  unread: "–",
};

export const ANSWER_LABELS = {
  lost: gettext("Lost"),
  too_fast: gettext("Too fast"),
  too_slow: gettext("Too slow"),
  all_good: gettext("All good"),
};

export const CONFIDENCE_LABELS = {
  clear: pgettext("how sure a reading is", "clear"),
  likely: pgettext("how sure a reading is", "likely"),
  unsure: pgettext("how sure a reading is", "unsure"),
};

// Why a reading names no expression: short for a tile, and as part of a sentence.
export const UNCERTAIN_REASONS_SHORT = {
  too_small: gettext("too far away"),
  too_dark: gettext("too dark"),
  too_bright: gettext("too bright"),
  too_blurred: gettext("too blurred"),
  flat: gettext("mixed expression"),
};

export const UNCERTAIN_REASONS = {
  too_small: gettext("the face is too small"),
  too_dark: gettext("it is too dark"),
  too_bright: gettext("it is too bright"),
  too_blurred: gettext("the picture is too blurred"),
  flat: gettext("no expression stands out"),
};

export const CONNECTION_LABELS = {
  connecting: gettext("Connecting"),
  open: gettext("Connected"),
  lost: gettext("Reconnecting"),
  polling: gettext("Updated every few seconds"),
  closed: gettext("Not connected"),
};

export const TIMELINE = {
  time: gettext("Time"),
  seen: gettext("Readable"),
  present: gettext("Present"),
  noFace: gettext("no readable face"),
  notShown: gettext("not shown"),
  pointAtChart: gettext("Point at the chart for details."),
  nothingYet: gettext("The first figures appear within half a minute."),
  seenOf: (seen, present) =>
    interpolate(gettext("%(seen)s of %(present)s readable"), { seen: number(seen), present: number(present) }),
  counted: gettext("Counted"),
  // The minute that was counted is over: some of its students may have left.
  countedOf: (seen, present) =>
    interpolate(seen > present ? gettext("%(seen)s counted") : gettext("%(seen)s of %(present)s counted"), {
      seen: number(seen),
      present: number(present),
    }),
  presentOnly: (present) => interpolate(gettext("%(present)s present"), { present: number(present) }),
  negative: (share) => interpolate(gettext("negative %(share)s"), { share }),
  negativeShare: gettext("Negative"),
  negativeOf: (negative, seen, share, usual) =>
    interpolate(
      usual === null
        ? gettext("%(negative)s of %(seen)s negative (%(share)s)")
        : gettext("%(negative)s of %(seen)s negative (%(share)s; in earlier classes %(usual)s)"),
      { negative: number(negative), seen: number(seen), share, usual },
    ),
  noAnswers: gettext("no feedback"),
  marker: gettext("Marker"),
};
