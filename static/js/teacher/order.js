// The order of the tiles: those a teacher may want to look after first. It says who to look at, not how anyone is.
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
const SLOWER = ["too_fast", "too_slow"];
const UNPLEASANT = -0.25;
// Valence counts in steps, so that neighbours do not swap places at every reading.
const STEP = 0.25;

export function compareByName(a, b) {
  return a.name.localeCompare(b.name) || a.id - b.id;
}

// `alert` of a tile: "new", "noted" or undefined.
export function compareByNeed(a, b) {
  return rank(a) - rank(b) || step(a) - step(b) || compareByName(a, b);
}

// What students say themselves comes before what a program reads in their faces.
function rank(tile) {
  if (tile.alert) return tile.alert === "new" ? -6 : -5;
  const isHere = !GONE.includes(tile.state);
  if (isHere && tile.hand_since !== null) return -4;
  if (isHere && tile.says?.answer === "lost") return -3;
  if (isHere && SLOWER.includes(tile.says?.answer)) return -2;
  return tile.state === "seen" && latestValence(tile) <= UNPLEASANT ? -1 : STATES.indexOf(tile.state);
}

function step(tile) {
  return tile.state === "seen" ? Math.round(latestValence(tile) / STEP) : 0;
}

// Of the last few readings: one frame moves nobody.
function latestValence(tile) {
  const last = tile.trend.slice(-3);
  return last.length ? last.reduce((sum, value) => sum + value, 0) / last.length : 0;
}
