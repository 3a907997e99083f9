// Turns a frame into the binary message of docs/architecture.md: seq, age and a JPEG.
const HEADER_BYTES = 8;
const LARGEST_JPEG = 60 * 1024;
const QUALITY_STEP = 0.15;
const LOWEST_QUALITY = 0.2;

// A JPEG blob of the image, at most `width` wide, or null where even the lowest quality is too large.
export async function encodeJpeg(image, { width, quality, maxBytes }) {
  const canvas = draw(image, width);
  const limit = Math.min(LARGEST_JPEG, maxBytes);
  for (let tried = quality; tried >= LOWEST_QUALITY; tried -= QUALITY_STEP) {
    const blob = await toJpeg(canvas, tried);
    if (blob && blob.size <= limit) return blob;
  }
  return null;
}

export async function snapshotMessage(seq, capturedAt, jpeg) {
  const bytes = new Uint8Array(HEADER_BYTES + jpeg.size);
  bytes.set(new Uint8Array(await jpeg.arrayBuffer()), HEADER_BYTES);
  const header = new DataView(bytes.buffer);
  header.setUint32(0, seq);
  header.setUint32(4, Math.max(0, Math.round(performance.now() - capturedAt)));
  return bytes.buffer;
}

function draw(image, width) {
  const [imageWidth, imageHeight] = sizeOf(image);
  const scale = Math.min(1, width / imageWidth);
  const canvas = newCanvas(Math.max(1, Math.round(imageWidth * scale)), Math.max(1, Math.round(imageHeight * scale)));
  canvas.getContext("2d", { alpha: false }).drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// A VideoFrame, an ImageBitmap or a video element.
function sizeOf(image) {
  return [
    image.displayWidth ?? (image.videoWidth || image.width),
    image.displayHeight ?? (image.videoHeight || image.height),
  ];
}

function newCanvas(width, height) {
  if ("OffscreenCanvas" in window && "convertToBlob" in OffscreenCanvas.prototype)
    return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

function toJpeg(canvas, quality) {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type: "image/jpeg", quality });
  return new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", quality);
  });
}
