import { drawings, installCanvas } from "./fake-canvas.js";

import assert from "node:assert/strict";
import test from "node:test";

import { isBlank, isSame, lightOf, thumbnailOf } from "../../../static/js/student/thumbnail.js";

// Grey pixels in RGBA, 200 of them, so that a hundredth is two.
const greys = (at) => Uint8ClampedArray.from({ length: 800 }, (_, index) => (index % 4 === 3 ? 255 : at(index >> 2)));

test("a thumbnail has the pixels of a copy of 64 by 48", () => {
  installCanvas();
  const image = { pixels: [1, 2, 3, 255] };
  assert.deepEqual([...thumbnailOf(image)], [1, 2, 3, 255]);
  assert.deepEqual(drawings, [[image, 0, 0, 64, 48]]);
});

test("pictures are the same if every pixel is", () => {
  const thumbnail = greys(() => 90);
  const noisy = greys((pixel) => (pixel === 199 ? 91 : 90));
  assert.equal(
    isSame(
      thumbnail,
      greys(() => 90),
    ),
    true,
  );
  assert.equal(isSame(thumbnail, noisy), false);
  assert.equal(isSame(thumbnail, null), false);
});

for (const [what, at, expected] of [
  ["black", () => 0, true],
  ["black with noise", (pixel) => pixel % 20, true],
  ["black with a bright dead pixel or two", (pixel) => (pixel < 2 ? 255 : 5), true],
  ["a dim room", (pixel) => pixel % 31, false],
  ["one plain colour", () => 128, true],
  ["one colour with little noise", (pixel) => 128 + (pixel % 10), true],
  ["a pale wall with a shadow", (pixel) => 200 + (pixel % 12), false],
]) {
  test(`${what} is ${expected ? "" : "not "}blank`, () => assert.equal(isBlank(greys(at)), expected));
}

test("brightness counts colours as the eye does", () => {
  const colour = (rgb) => Uint8ClampedArray.from({ length: 800 }, (_, index) => [...rgb, 255][index % 4]);
  const blueAndBlack = colour([0, 0, 255]);
  blueAndBlack.set(new Uint8ClampedArray(400));
  assert.equal(isBlank(blueAndBlack), false); // blue counts 29 of 255
  const darkBlueAndBlack = colour([0, 0, 160]);
  darkBlueAndBlack.set(new Uint8ClampedArray(400));
  assert.equal(isBlank(darkBlueAndBlack), true);
});

for (const [middle, light] of [
  [49, "dark"],
  [50, "good"],
  [225, "good"],
  [226, "bright"],
]) {
  test(`a picture of middle brightness ${middle} has ${light} light`, () => {
    assert.equal(lightOf(greys((pixel) => [0, middle, 255][Math.floor(pixel / 67)])), light);
  });
}
