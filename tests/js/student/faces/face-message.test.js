import { installCanvas, qualities } from "../fake-canvas.js";

import assert from "node:assert/strict";
import test from "node:test";

import { describeFaces, pictureSize, placeOf } from "../../../../static/js/student/faces/face-message.js";

// Box, width and height of the frame; then the place and the size of its picture, as emotions/face_crop.py has them.
const PLACES = [
  [[100, 60, 80, 80], 320, 240, [76, 36, 128, 128], [128, 128]],
  [[-20.5, 10.25, 90, 101], 320, 240, [0, 0, 106, 142], [96, 128]],
  [[250.2, 180.7, 60, 50], 320, 240, [232, 157, 88, 83], [88, 83]],
  [[10, 10, 20, 24.3], 640, 480, [0, 2, 40, 40], [40, 40]],
  [[60, 60, 200.6, 180], 320, 320, [0, 0, 320, 311], [128, 124]],
];
// The same face as packed by classroom/snapshots.py, with a picture of three bytes.
const PACKED = `2 2 1 64 0 240 63 64 0 0 66 201 0 0 66 112 0 0 66 160 0 0 66 160 0 0 66 240 0 0 66 180 0 0 67 32 0 0 66 183 0 0
  0 76 0 36 0 129 0 128 7 7 7`;
const FACE = {
  box: [100.5, 60, 80, 80],
  score: 0.75,
  keypoints: [
    [120, 90],
    [160, 91.5],
  ],
};

// A frame in which every crop alternates red, green, blue and white.
const frame = (values) => {
  const colours = [
    [255, 0, 0, 255],
    [0, 255, 0, 255],
    [0, 0, 255, 255],
    [255, 255, 255, 255],
  ];
  return { width: 320, height: 240, pixels: colours.flat(), ...values };
};

test("a cut is where the server calculates it, and as large", () => {
  for (const [box, width, height, place, size] of PLACES) {
    assert.deepEqual(placeOf(box, width, height), place);
    assert.deepEqual(pictureSize(place), size);
  }
});

test("a message has the nearest face, the number of all, and a grey picture", async () => {
  installCanvas(() => 3);
  const { content, picture } = await describeFaces(frame(), [FACE, { ...FACE, score: 0.1 }], 0.8);
  assert.deepEqual([...new Uint8Array(content)].join(" "), PACKED.replace(/\s+/g, " "));
  assert.deepEqual([picture.width, picture.height], [128, 127]);
  const grey = (level) => [level, level, level, 255];
  assert.deepEqual(picture.pixels, [76, 150, 29, 255].flatMap(grey));
});

test("more faces than a message can state are stated as its most", async () => {
  installCanvas(() => 3);
  const { content } = await describeFaces(frame(), new Array(40).fill(FACE), 0.8);
  assert.equal(new Uint8Array(content)[1], 32);
});

test("a frame without a face is a message without a picture", async () => {
  installCanvas(() => assert.fail("made a picture"));
  const { content, picture } = await describeFaces(frame({ width: 640, height: 360 }), [], 0.8);
  assert.deepEqual([[...new Uint8Array(content)], picture], [[2, 0, 2, 128, 1, 104], null]);
});

test("the quality falls until the picture has at most 4 KiB", async () => {
  installCanvas((quality) => (quality > 0.6 ? 4097 : 4096));
  const { content } = await describeFaces(frame(), [FACE], 0.8);
  assert.equal(content.byteLength, 6 + 44 + 4096);
  assert.equal(qualities.length, 3);
  installCanvas(() => 4097);
  await assert.rejects(describeFaces(frame(), [FACE], 0.8), /small enough/);
});
