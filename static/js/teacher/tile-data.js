// Decisions about tiles that only need their data.
const FEW = 8;
const COMPACT_FROM = 40;
// From here on a tile is a small seat of a heat map, without its name.
const MAP_FROM = 100;

export function density(count) {
  if (count <= FEW) return "few";
  if (count >= MAP_FROM) return "map";
  return count >= COMPACT_FROM ? "compact" : "normal";
}

// Updates may arrive out of order: the newer reading and the newer response win, each by its own time.
export function mergeTile(shown, update) {
  const reading = update.updated < shown.updated ? shown : update;
  const { says, hand_since, heard } = update.heard < shown.heard ? shown : update;
  return { ...reading, says, hand_since, heard };
}
