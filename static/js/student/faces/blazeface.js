// Turns BlazeFace's answers into faces, like emotions/blazeface.py. For each anchor, the centre of a cell, a network
// returns a logit and 16 numbers in pixels of its square input: the offset and size of a box, then six keypoints.

// `grids`: the stride in pixels and the anchors per cell of each output map.
export const FULL_RANGE = { side: 192, grids: [[4, 1]], threshold: 0.45 };
export const BACK_RANGE = {
  side: 256,
  grids: [
    [16, 2],
    [32, 6],
  ],
  threshold: 0.65,
};

// Boxes that overlap by more than this are the same face.
const SAME_FACE_IOU = 0.3;
// A smaller box has nothing to read and is usually a false detection.
const MIN_SIDE_PX = 14;
const VALUES = 16;

// The cell centres in pixels of the input, alternating x and y, in the order of the network's output rows.
export function anchorsOf({ side, grids }) {
  const anchors = [];
  for (const [stride, perCell] of grids) {
    const cells = side / stride;
    for (let cell = 0; cell < cells * cells; cell += 1) {
      const x = ((cell % cells) + 0.5) * stride;
      const y = (Math.floor(cell / cells) + 0.5) * stride;
      for (let again = 0; again < perCell; again += 1) anchors.push(x, y);
    }
  }
  return Float32Array.from(anchors);
}

// How a frame of this size fits into the middle of a square: `scale` from its pixels to the square's, and the border.
export function letterbox(width, height, side) {
  const scale = side / Math.max(width, height);
  const inner = [width, height].map((length) => Math.max(1, Math.round(length * scale)));
  const [left, top] = inner.map((length) => Math.floor((side - length) / 2));
  return { scale, width: inner[0], height: inner[1], left, top };
}

// Returns the faces scored above the threshold, the largest first: `box` [x, y, width, height], `score` and six
// `keypoints` [x, y], in pixels of a frame [width, height].
export function facesOf({ logits, values }, { anchors, threshold, side }, width, height) {
  const least = Math.log(threshold / (1 - threshold));
  const candidates = [];
  logits.forEach((logit, row) => {
    if (logit > least) candidates.push({ points: pointsOf(values, anchors, row), score: 1 / (1 + Math.exp(-logit)) });
  });
  const { scale, left, top } = letterbox(width, height, side);
  return suppressOverlaps(candidates)
    .map(({ points, score }) => {
      const [centreX, centreY] = [(points[0] - left) / scale, (points[1] - top) / scale];
      const [boxWidth, boxHeight] = [points[2] / scale, points[3] / scale];
      const keypoints = [];
      for (let at = 4; at < VALUES; at += 2)
        keypoints.push([(points[at] - left) / scale, (points[at + 1] - top) / scale]);
      return { box: [centreX - boxWidth / 2, centreY - boxHeight / 2, boxWidth, boxHeight], score, keypoints };
    })
    .filter(({ box }) => isPlausible(box, width, height))
    .sort((one, other) => areaOf(other.box) - areaOf(one.box));
}

// Centre, size and keypoints, each x and y.
function pointsOf(values, anchors, row) {
  const points = values.slice(row * VALUES, (row + 1) * VALUES);
  return points.map((value, at) => (at === 2 || at === 3 ? value : value + anchors[2 * row + (at % 2)]));
}

// Weighted non-maximum suppression: overlapping candidates become their mean, weighted by score.
function suppressOverlaps(candidates) {
  const merged = [];
  let rest = [...candidates].sort((one, other) => other.score - one.score);
  while (rest.length) {
    const [best] = rest;
    const isSame = ({ points }, index) => index === 0 || overlap(best.points, points) > SAME_FACE_IOU;
    const same = rest.filter(isSame);
    rest = rest.filter((candidate, index) => !isSame(candidate, index));
    merged.push({ points: weightedMean(same), score: best.score });
  }
  return merged;
}

function weightedMean(candidates) {
  const total = candidates.reduce((sum, { score }) => sum + score, 0);
  return Array.from({ length: VALUES }, (_, at) =>
    candidates.reduce((sum, { points, score }) => sum + (points[at] * score) / total, 0),
  );
}

// Intersection over union.
function overlap(one, other) {
  const [width, height] = [0, 1].map((axis) => {
    const low = Math.max(one[axis] - one[axis + 2] / 2, other[axis] - other[axis + 2] / 2);
    const high = Math.min(one[axis] + one[axis + 2] / 2, other[axis] + other[axis + 2] / 2);
    return Math.max(high - low, 0);
  });
  const shared = width * height;
  return shared / Math.max(one[2] * one[3] + other[2] * other[3] - shared, 1e-6);
}

function isPlausible([x, y, boxWidth, boxHeight], width, height) {
  const [centreX, centreY] = [x + boxWidth / 2, y + boxHeight / 2];
  const isInside = centreX >= 0 && centreX <= width && centreY >= 0 && centreY <= height;
  return isInside && Math.min(boxWidth, boxHeight) >= MIN_SIDE_PX;
}

function areaOf([, , width, height]) {
  return width * height;
}
