// Small copies of pictures, which tell whether two are the same and whether a picture shows anything.
import { createCanvas } from "./snapshot.js";

const WIDTH = 64;
const HEIGHT = 48;
// On a scale of 0 to 255, without the darkest and the brightest hundredth. A covered camera stays below the first; the
// picture that some drivers send for a closed shutter, in whatever colour, has less contrast than the second.
const DARKEST_PICTURE = 20;
const LEAST_CONTRAST = 10;

// Returns the pixels of a small copy. Canvases sample here instead of averaging, so a camera's noise remains.
export function markOf(image) {
  const context = createCanvas(WIDTH, HEIGHT).getContext("2d", { alpha: false, willReadFrequently: true });
  context.drawImage(image, 0, 0, WIDTH, HEIGHT);
  return context.getImageData(0, 0, WIDTH, HEIGHT).data;
}

export function isSame(mark, other) {
  return other !== null && mark.every((value, index) => value === other[index]);
}

// Whether the picture is black, or one plain colour.
export function isBlank(mark) {
  const brightness = new Uint8Array(mark.length / 4);
  for (let pixel = 0; pixel < brightness.length; pixel += 1) {
    const [red, green, blue] = mark.subarray(4 * pixel, 4 * pixel + 3);
    brightness[pixel] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  brightness.sort();
  const last = brightness.length - 1;
  const dark = brightness[Math.floor(0.01 * last)];
  const bright = brightness[Math.floor(0.99 * last)];
  return bright < DARKEST_PICTURE || bright - dark < LEAST_CONTRAST;
}
