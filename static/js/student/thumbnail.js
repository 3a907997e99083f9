// Thumbnails of pictures, to tell whether two are the same and whether a picture shows anything.
import { createCanvas } from "./snapshot.js";

const WIDTH = 64;
const HEIGHT = 48;
// On a scale of 0 to 255, without the darkest and the brightest hundredth. A covered camera stays below the first. The
// picture that some drivers send for a closed shutter, in any colour, has less contrast than the second.
const DARKEST_PICTURE = 20;
const LEAST_CONTRAST = 10;
const DARK_ROOM = 50;
const BRIGHT_ROOM = 225;

// Returns the pixels of a small copy. Canvases sample here instead of averaging, so a camera's noise remains.
export function thumbnailOf(image) {
  const context = createCanvas(WIDTH, HEIGHT).getContext("2d", { alpha: false, willReadFrequently: true });
  context.drawImage(image, 0, 0, WIDTH, HEIGHT);
  return context.getImageData(0, 0, WIDTH, HEIGHT).data;
}

export function isSame(thumbnail, other) {
  return other !== null && thumbnail.every((value, index) => value === other[index]);
}

// Returns whether the picture is black, or one plain colour.
export function isBlank(thumbnail) {
  const [dark, bright] = brightnessAt(thumbnail, 0.01, 0.99);
  return bright < DARKEST_PICTURE || bright - dark < LEAST_CONTRAST;
}

// Returns "dark" or "bright" if half of the picture is so dark or bright that a face may not be readable, else "good".
export function lightOf(thumbnail) {
  const [middle] = brightnessAt(thumbnail, 0.5);
  if (middle < DARK_ROOM) return "dark";
  return middle > BRIGHT_ROOM ? "bright" : "good";
}

// Returns the brightness, 0 to 255, below which the given shares of the pixels are.
function brightnessAt(thumbnail, ...shares) {
  const brightness = new Uint8Array(thumbnail.length / 4);
  for (let pixel = 0; pixel < brightness.length; pixel += 1) {
    const [red, green, blue] = thumbnail.subarray(4 * pixel, 4 * pixel + 3);
    brightness[pixel] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  brightness.sort();
  return shares.map((share) => brightness[Math.floor(share * (brightness.length - 1))]);
}
