// Fills of the answers' layers. Each answer has a pattern as well as a colour, as in css/mood.css.
import { ANSWERS } from "../lib/answers.js";
import { answerColours, resolveColour } from "../lib/colours.js";

const TILE = 8;
// Lines from (x1, y1) to (x2, y2), in pixels of a tile that repeats without a seam.
const UP = [
  [-1, 1, 1, -1],
  [-1, TILE + 1, TILE + 1, -1],
  [TILE - 1, TILE + 1, TILE + 1, TILE - 1],
];
const LINES = {
  lost: UP,
  too_fast: [[TILE / 2, 0, TILE / 2, TILE]],
  too_slow: [[0, TILE / 2, TILE, TILE / 2]],
  all_good: [],
};

// In the order of ANSWERS, for a canvas.
export function answerFills() {
  const colours = answerColours();
  return ANSWERS.map((answer, index) => buildPattern(colours[index], LINES[answer]));
}

function buildPattern(colour, lines) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = TILE * devicePixelRatio;
  const ctx = tile.getContext("2d");
  ctx.fillStyle = colour;
  ctx.fillRect(0, 0, tile.width, tile.height);
  ctx.scale(devicePixelRatio, devicePixelRatio);
  ctx.strokeStyle = resolveColour("--text");
  // Labels on the layers stay readable: their ink is the other end of the scale.
  ctx.globalAlpha = 0.4;
  ctx.lineWidth = 1.5;
  for (const [x1, y1, x2, y2] of lines) {
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  }
  return ctx.createPattern(tile, "repeat");
}
