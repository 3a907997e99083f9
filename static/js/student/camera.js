// Opens and closes the camera, lists the cameras, and remembers which one the student chose.
import { recall, remember } from "../lib/storage.js";

const STORAGE_KEY = "attune-camera";

export class CameraError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const FAILURES = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

export class Camera {
  #stream = null;
  // How often it was closed, and how often it had been when the browser was last asked for it.
  #closed = 0;
  #asked = null;

  // onEnded is called when the camera stops by itself: it was unplugged, or the browser took it back.
  constructor(onEnded) {
    this.onEnded = onEnded;
  }

  get track() {
    return this.#stream?.getVideoTracks()[0] ?? null;
  }

  get stream() {
    return this.#stream;
  }

  get isOpening() {
    return this.#stream === null && this.#asked === this.#closed;
  }

  // Resolves to true, or to false if close() was called in the meantime. Throws CameraError.
  async open() {
    this.close();
    const attempt = this.#closed;
    this.#asked = attempt;
    const stream = await requestStream().catch((error) => {
      if (attempt === this.#closed) throw error;
    });
    if (attempt !== this.#closed) {
      if (stream) stop(stream);
      return false;
    }
    this.#stream = stream;
    this.track.addEventListener("ended", () => {
      if (this.#stream !== stream) return;
      this.close();
      this.onEnded();
    });
    return true;
  }

  // Stops every track, so that the camera's light goes out.
  close() {
    this.#closed += 1;
    if (this.#stream) stop(this.#stream);
    this.#stream = null;
  }
}

async function requestStream() {
  if (!window.isSecureContext) throw new CameraError("insecure");
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraError("unsupported");
  const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15 } };
  const device = chosenCamera();
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: device ? { ...size, deviceId: { ideal: device } } : { ...size, facingMode: "user" },
      audio: false,
    });
  } catch (error) {
    throw new CameraError(FAILURES[error.name] ?? "other");
  }
}

function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
}

export async function listCameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter((device) => device.kind === "videoinput" && device.deviceId);
}

// The student's choice on this page counts even if the browser stores nothing.
let chosen = null;

export function chosenCamera() {
  return recall(STORAGE_KEY) ?? chosen;
}

export function rememberCamera(deviceId) {
  chosen = deviceId;
  remember(STORAGE_KEY, deviceId);
}
