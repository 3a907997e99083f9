// Turns a frame into the binary message of docs/protocol.md: the credit's number, the frame's age and its content.
const HEADER_BYTES = 8;
const LARGEST_JPEG = 60 * 1024;
const QUALITY_STEP = 0.15;
const LOWEST_QUALITY = 0.2;
// Phones held upright deliver pictures up to 2.4 times as high as wide, but a face needs no more than this.
const HIGHEST_SHAPE = 2;

// Resolves to a JPEG blob of a frame, or to null if even the lowest quality is larger than maxBytes.
export function encodeFrame(frame, { quality, maxBytes }) {
  return encodeSmall(frame, quality, Math.min(LARGEST_JPEG, maxBytes));
}

// Resolves to a JPEG blob of a canvas, or to null if even the lowest quality is larger than the limit.
export async function encodeSmall(canvas, quality, limit) {
  for (let tried = quality; tried >= LOWEST_QUALITY; tried -= QUALITY_STEP) {
    const blob = await toJpeg(canvas, tried);
    if (blob && blob.size <= limit) return blob;
  }
  return null;
}

// `content` is an ArrayBuffer, the JPEG or what faces/face-message.js makes; two big-endian 32-bit numbers precede it.
export function packSnapshot(seq, ageMs, content) {
  const bytes = new Uint8Array(HEADER_BYTES + content.byteLength);
  const header = new DataView(bytes.buffer);
  header.setUint32(0, seq);
  header.setUint32(4, Math.max(0, Math.round(ageMs)));
  bytes.set(new Uint8Array(content), HEADER_BYTES);
  return bytes.buffer;
}

// Draws a frame at most `width` pixels wide and twice as high, on the `last` canvas if it has that size: a new one for
// each frame would stay in memory until the next garbage collection.
export function drawFrame(image, width, last = null) {
  const sides = measure(image);
  const scale = Math.min(1, width / sides[0], (HIGHEST_SHAPE * width) / sides[1]);
  const [canvasWidth, canvasHeight] = sides.map((side) => Math.max(1, Math.round(side * scale)));
  const fits = last?.width === canvasWidth && last.height === canvasHeight;
  const canvas = fits ? last : createCanvas(canvasWidth, canvasHeight);
  canvas.getContext("2d", { alpha: false }).drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// `image` is a VideoFrame, an ImageBitmap or a video element.
function measure(image) {
  return [
    image.displayWidth ?? (image.videoWidth || image.width),
    image.displayHeight ?? (image.videoHeight || image.height),
  ];
}

export function createCanvas(width, height) {
  if ("OffscreenCanvas" in window && "convertToBlob" in OffscreenCanvas.prototype) {
    return new OffscreenCanvas(width, height);
  }
  return Object.assign(document.createElement("canvas"), { width, height });
}

function toJpeg(canvas, quality) {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type: "image/jpeg", quality });
  return new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", quality);
  });
}
