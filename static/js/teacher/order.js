// The order of the tiles. Students who may need the teacher most come first.
const STATES = [
  "no_face",
  "disconnected",
  "uncertain",
  "waiting",
  "seen",
  "in_class",
  "paused",
  "no_consent",
  "left",
  "absent",
];
const GONE = ["disconnected", "left", "absent"];
const PACE = ["too_fast", "too_slow"];
const UNPLEASANT = -0.25;
// Valence is compared in steps, so that neighbours do not swap places at every reading.
const VALENCE_STEP = 0.25;

export function compareByName(a, b) {
  // By code point, like the database: localeCompare depends on the browser's language.
  return Number(a.sort > b.sort) - Number(a.sort < b.sort) || a.id - b.id;
}

// A tile's `alert` is "new", "noted" or undefined.
export function compareByPriority(a, b) {
  return rank(a) - rank(b) || valenceSteps(a) - valenceSteps(b) || compareByName(a, b);
}

// Students' own responses come before the readings of their faces.
function rank(tile) {
  if (tile.alert) return tile.alert === "new" ? -6 : -5;
  const isHere = !GONE.includes(tile.state);
  if (isHere && tile.hand_since !== null) return -4;
  if (isHere && tile.says?.answer === "lost") return -3;
  if (isHere && PACE.includes(tile.says?.answer)) return -2;
  return isFaceDecisive(tile) && recentValence(tile) <= UNPLEASANT ? -1 : STATES.indexOf(tile.state);
}

// An answer that all is good outranks the face.
function isFaceDecisive({ state, says }) {
  return state === "seen" && says?.answer !== "all_good";
}

function valenceSteps(tile) {
  return isFaceDecisive(tile) ? Math.round(recentValence(tile) / VALENCE_STEP) : 0;
}

// The mean of the last three readings, so that a single frame does not move anybody.
function recentValence(tile) {
  const last = tile.trend.slice(-3);
  return last.length ? last.reduce((sum, value) => sum + value, 0) / last.length : 0;
}
