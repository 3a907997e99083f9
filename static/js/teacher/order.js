// The order of the tiles: those a teacher may want to look after first. It says who to look at, not how anyone is.
const STATES = ["no_face", "disconnected", "uncertain", "waiting", "seen", "paused", "no_consent", "left", "absent"];
const UNPLEASANT = -0.25;
// Valence counts in steps, so that neighbours do not swap places at every reading.
const STEP = 0.25;

export function compareByName(a, b) {
  return a.name.localeCompare(b.name) || a.id - b.id;
}

export function compareByNeed(a, b) {
  return rank(a) - rank(b) || step(a) - step(b) || compareByName(a, b);
}

function rank(tile) {
  return tile.state === "seen" && latestValence(tile) <= UNPLEASANT ? -1 : STATES.indexOf(tile.state);
}

function step(tile) {
  return tile.state === "seen" ? Math.round(latestValence(tile) / STEP) : 0;
}

function latestValence(tile) {
  return tile.trend.at(-1) ?? 0;
}
