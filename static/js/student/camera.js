// The camera: opening it, choosing among several, and letting go of it so that its light goes out.
const REMEMBERED = "attune-camera";

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
  #opening = 0;

  // onEnded is called when the camera stops by itself: unplugged, or taken back by the browser.
  constructor(onEnded) {
    this.onEnded = onEnded;
  }

  get track() {
    return this.#stream?.getVideoTracks()[0] ?? null;
  }

  get stream() {
    return this.#stream;
  }

  // Resolves to true, or to false where close() was called meanwhile. Raises CameraError.
  async open() {
    this.close();
    const mine = this.#opening;
    const stream = await requestStream();
    if (mine !== this.#opening) {
      stop(stream);
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

  close() {
    this.#opening += 1;
    if (this.#stream) stop(this.#stream);
    this.#stream = null;
  }
}

async function requestStream() {
  if (!window.isSecureContext) throw new CameraError("insecure");
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraError("unsupported");
  const wanted = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15 } };
  const device = rememberedCamera();
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: device ? { ...wanted, deviceId: { ideal: device } } : { ...wanted, facingMode: "user" },
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

export function rememberedCamera() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

export function rememberCamera(deviceId) {
  try {
    localStorage.setItem(REMEMBERED, deviceId);
  } catch {
    // Storage is blocked: the choice lasts until the camera is paused.
  }
}
