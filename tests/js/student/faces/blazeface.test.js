import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import {
  BACK_RANGE,
  FULL_RANGE,
  anchorsOf,
  facesOf,
  letterbox,
} from "../../../../static/js/student/faces/blazeface.js";

// Made by tests/emotions/network_outputs.py.
const CASES = JSON.parse(readFileSync(join(import.meta.dirname, "network-outputs.json"), "utf8"));
const NETWORKS = { full: FULL_RANGE, back: BACK_RANGE };
const NOTHING = -20;

function facesIn({ network, width, height, anchors: count, rows }) {
  const logits = new Float32Array(count).fill(NOTHING);
  const values = new Float32Array(count * 16);
  for (const [row, [logit, ...numbers]] of Object.entries(rows)) {
    logits[row] = logit;
    values.set(numbers, 16 * row);
  }
  const variant = NETWORKS[network];
  return facesOf({ logits, values }, { ...variant, anchors: anchorsOf(variant) }, width, height);
}

const numbersOf = ({ box, keypoints }) => [...box, ...keypoints.flat()];

for (const each of CASES) {
  test(`${each.network} range: faces of a frame ${each.width} × ${each.height} are those of Python within a pixel`, () => {
    const faces = facesIn(each);
    assert.equal(faces.length, each.faces.length);
    faces.forEach((face, index) => {
      const expected = numbersOf(each.faces[index]);
      const differences = numbersOf(face).map((number, at) => Math.abs(number - expected[at]));
      assert.equal(differences.length, 16);
      assert.ok(Math.max(...differences) < 1, `differ by ${Math.max(...differences)}`);
      assert.ok(Math.abs(face.score - each.faces[index].score) < 0.001);
    });
  });
}

test("anchors are the centres of cells, as often as a cell has some", () => {
  assert.equal(anchorsOf(FULL_RANGE).length, 2 * 2304);
  assert.deepEqual([...anchorsOf(FULL_RANGE).slice(0, 4)], [2, 2, 6, 2]);
  const back = anchorsOf(BACK_RANGE);
  assert.deepEqual([back.length, ...back.slice(0, 6)], [2 * 896, 8, 8, 8, 8, 24, 8]);
  assert.deepEqual([...back.slice(-2)], [240, 240]);
});

test("a frame fits into the middle of the square", () => {
  assert.deepEqual(letterbox(320, 240, 192), { scale: 0.6, width: 192, height: 144, left: 0, top: 24 });
  assert.deepEqual(letterbox(240, 480, 256), { scale: 256 / 480, width: 128, height: 256, left: 64, top: 0 });
});

// One face of this size, whose centre is that of the first anchor, in a frame as large as the square.
function facesOfSize(width, height, x = 0) {
  const values = [x, 0, width, height, ...new Array(12).fill(0)];
  return facesIn({ network: "full", width: 192, height: 192, anchors: 2304, rows: { 0: [3, ...values] } });
}

test("a face that is tiny or centred outside the frame is none", () => {
  assert.equal(facesOfSize(14, 14).length, 1);
  assert.equal(facesOfSize(13.9, 20).length, 0);
  assert.equal(facesOfSize(20, 20, -2.1).length, 0);
});

test("without a likely anchor there is no face", () => {
  assert.deepEqual(facesIn({ network: "full", width: 320, height: 240, anchors: 2304, rows: {} }), []);
});
