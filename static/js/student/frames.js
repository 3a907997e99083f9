// Takes single frames from a running camera, in the way this browser does best. None of them waits for the screen:
// requestAnimationFrame stops in a hidden tab, and a class is usually hidden behind the video call.
const GRAB_TIMEOUT_MS = 1500;

// A source has grab(), which resolves to an image to draw (the caller closes it), and stop().
export function frameSource(track, video) {
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
        // A read that came too late for its credit holds an old frame.
        const old = await inTime(pending);
        old.value?.close();
      }
      pending = reader.read();
      const { value, done } = await inTime(pending);
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
  return { grab: () => inTime(capture.grabFrame()), stop() {} };
}

function videoSource(video) {
  return {
    async grab() {
      if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
        await inTime(loaded(video));
      }
      return video;
    },
    stop() {},
  };
}

function loaded(video) {
  return new Promise((resolve) => {
    video.addEventListener("loadeddata", resolve, { once: true });
  });
}

function inTime(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("The camera gave no picture in time.")), GRAB_TIMEOUT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
