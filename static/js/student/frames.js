// Grabs single frames from a running camera, in the best way that the browser offers. None of them depends on
// rendering: requestAnimationFrame pauses in a hidden tab, and a class is usually hidden behind the video call.
const GRAB_TIMEOUT_MS = 1500;

// A source has grab(), which resolves to an image to draw (the caller closes it), and stop().
export function openFrameSource(track, video) {
  if ("MediaStreamTrackProcessor" in window) return processorSource(track);
  if ("ImageCapture" in window) return captureSource(track);
  return videoSource(video);
}

function processorSource(track) {
  const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
  let pending = null;
  return {
    async grab() {
      if (pending) {
        // This read timed out for an earlier credit, so its frame is old by now.
        const old = await withTimeout(pending);
        old.value?.close();
      }
      pending = reader.read();
      const { value, done } = await withTimeout(pending);
      pending = null;
      if (done) throw new Error("The camera has stopped.");
      return value;
    },
    stop() {
      pending?.then(({ value }) => value?.close()).catch(() => {});
      reader.cancel().catch(() => {});
    },
  };
}

function captureSource(track) {
  const capture = new ImageCapture(track);
  return { grab: () => withTimeout(capture.grabFrame()), stop() {} };
}

function videoSource(video) {
  return {
    async grab() {
      if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) await withTimeout(firstFrame(video));
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

function withTimeout(promise) {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("The camera gave no frame in time.")), GRAB_TIMEOUT_MS);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}
