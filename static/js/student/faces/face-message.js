// Version 2 of the binary message of docs/protocol.md: what was found in a frame, and only the nearest face.
import { createCanvas, encodeSmall } from "../snapshot.js";

const VERSION = 2;
const MAX_FACES = 32;
const FRAME_BYTES = 6;
const FACE_BYTES = 44;
// The same as in emotions/face_crop.py.
const CROP_SCALE = 1.6;
const MAX_CROP_SIDE = 128;
const MAX_CROP_BYTES = 4 * 1024;

// [left, top, width, height] of the crop: a square around the box, clipped to the frame.
export function placeOf([x, y, boxWidth, boxHeight], width, height) {
  const half = (Math.max(boxWidth, boxHeight) * CROP_SCALE) / 2;
  const [centreX, centreY] = [x + boxWidth / 2, y + boxHeight / 2];
  const [left, top] = [Math.max(0, Math.floor(centreX - half)), Math.max(0, Math.floor(centreY - half))];
  const right = Math.min(width, Math.ceil(centreX + half));
  const bottom = Math.min(height, Math.ceil(centreY + half));
  return [left, top, right - left, bottom - top];
}

export function pictureSize([, , width, height]) {
  const scale = Math.min(1, MAX_CROP_SIDE / Math.max(width, height));
  return [width, height].map((side) => Math.max(1, Math.round(side * scale)));
}

// Resolves to the content of the message, an ArrayBuffer, and the canvas of the picture, or null without a face.
// `frame` is a canvas, `faces` are those of a FaceFinder.
export async function describeFaces(frame, faces, quality) {
  if (!faces.length) return { content: pack(frame, faces, null, new ArrayBuffer(0)), picture: null };
  const place = placeOf(faces[0].box, frame.width, frame.height);
  const picture = cutGrey(frame, place);
  const jpeg = await encodeSmall(picture, quality, MAX_CROP_BYTES);
  if (!jpeg) throw new Error("The face cannot be made small enough.");
  return { content: pack(frame, faces, place, await jpeg.arrayBuffer()), picture };
}

function pack(frame, faces, place, jpeg) {
  const bytes = new Uint8Array(FRAME_BYTES + (place ? FACE_BYTES : 0) + jpeg.byteLength);
  const fields = new DataView(bytes.buffer);
  fields.setUint8(0, VERSION);
  fields.setUint8(1, Math.min(MAX_FACES, faces.length));
  fields.setUint16(2, frame.width);
  fields.setUint16(4, frame.height);
  if (place) {
    const [{ score, box, keypoints }] = faces;
    const numbers = [score, ...box, ...keypoints[0], ...keypoints[1]];
    numbers.forEach((number, index) => fields.setFloat32(FRAME_BYTES + 4 * index, number));
    const after = FRAME_BYTES + 4 * numbers.length;
    place.forEach((number, index) => fields.setUint16(after + 2 * index, number));
    bytes.set(new Uint8Array(jpeg), FRAME_BYTES + FACE_BYTES);
  }
  return bytes.buffer;
}

function cutGrey(frame, place) {
  const [width, height] = pictureSize(place);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(frame, ...place, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  for (let at = 0; at < pixels.data.length; at += 4) {
    const [red, green, blue] = pixels.data.subarray(at, at + 3);
    pixels.data.fill(Math.round(0.299 * red + 0.587 * green + 0.114 * blue), at, at + 3);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}
