// Grabs single frames from a running camera, in the first way that really gives one. No way depends on rendering,
// because requestAnimationFrame pauses in a hidden tab, and a class is usually hidden behind the video call.

// A camera that has just been switched on takes a second or two.
const FIRST_FRAME_MS = 3000;

// In order of preference. Each throws, or its first frame never comes, if a browser lacks it or only has it in name:
// Safari 18.4, for example, has ImageCapture without grabFrame.
const OPENERS = [openProcessor, openCapture, openVideo];

// Resolves to a source, or rejects if none gives a frame. A source has grab(), which resolves to an image to draw (the
// caller closes it), and stop(). A grab may wait forever, so the caller must limit it.
export async function openFrameSource(track, video) {
  for (const open of OPENERS) {
    let source = null;
    try {
      source = open(track, video);
      const image = await withTimeout(source.grab(), FIRST_FRAME_MS);
      image.close?.();
      return source;
    } catch {
      source?.stop();
    }
  }
  throw new Error("The camera gives no frame.");
}

// Gives up on the promise after `ms`, and closes an image that still comes.
export function withTimeout(promise, ms) {
  let timer;
  let isLate = false;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new Error("The camera gave no frame in time."));
    }, ms);
  });
  promise.then((image) => isLate && image?.close?.()).catch(() => {});
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

function openProcessor(track) {
  const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
  let pixels = new Uint8ClampedArray(0);
  return {
    async grab() {
      const { value, done } = await reader.read();
      if (done) throw new Error("The camera has stopped.");
      const size = 4 * value.displayWidth * value.displayHeight;
      if (!canBeCopied(value, size)) return value;
      if (pixels.length !== size) pixels = new Uint8ClampedArray(size);
      return copyOf(value, pixels);
    },
    stop: () => reader.cancel().catch(() => {}),
  };
}

// Browsers that do not convert pixels state the size of the camera's own format, or throw. A copy is not turned or cut.
function canBeCopied(frame, size) {
  const { visibleRect, displayWidth, displayHeight, rotation, flip } = frame;
  const isAsShown = visibleRect?.width === displayWidth && visibleRect?.height === displayHeight && !rotation && !flip;
  try {
    return isAsShown && frame.allocationSize({ format: "RGBA" }) === size;
  } catch {
    return false;
  }
}

// Chromium keeps the pixels of each VideoFrame that is drawn on a canvas in a cache, which grows to hundreds of
// megabytes in minutes. It does not cache pixels that it is given.
async function copyOf(frame, pixels) {
  try {
    await frame.copyTo(pixels, { format: "RGBA" });
    return await createImageBitmap(new ImageData(pixels, frame.displayWidth, frame.displayHeight));
  } finally {
    frame.close();
  }
}

function openCapture(track) {
  const capture = new ImageCapture(track);
  return { grab: () => capture.grabFrame(), stop() {} };
}

function openVideo(track, video) {
  return {
    async grab() {
      if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) await firstFrame(video);
      return video;
    },
    stop() {},
  };
}

function firstFrame(video) {
  return new Promise((resolve) => {
    video.addEventListener("loadeddata", resolve, { once: true });
  });
}
