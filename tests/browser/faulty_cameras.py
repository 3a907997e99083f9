"""Init scripts that give a page a camera with a fault."""

# Safari 18.4 to 18.6: an ImageCapture that cannot grab frames, and no MediaStreamTrackProcessor in pages.
NO_GRAB_FRAME = """
delete window.MediaStreamTrackProcessor;
window.ImageCapture = class {
  constructor(track) { this.track = track; }
  takePhoto() { return Promise.reject(new DOMException("no", "UnknownError")); }
};
"""

ONLY_CAPTURE = "delete window.MediaStreamTrackProcessor;"

# The real camera through a canvas. window.fault = "freeze" stops its frames, "black" covers it, null mends it;
# window.mute(true) mutes its track as a phone call does.
CANVAS_CAMERA = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
window.fault = null;
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const video = document.createElement("video");
  video.srcObject = await open(wanted);
  video.muted = true;
  await video.play();
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  const context = canvas.getContext("2d");
  setInterval(() => {
    if (window.fault === "freeze") return;
    if (window.fault === "black") context.fillRect(0, 0, 320, 240);
    else context.drawImage(video, 0, 0, 320, 240);
  }, 100);
  const stream = canvas.captureStream(10);
  const [track] = stream.getVideoTracks();
  window.mute = (muted) => {
    Object.defineProperty(track, "muted", { value: muted, configurable: true });
    track.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  };
  return stream;
};
"""

# Two cameras, the first of which another program holds. Their names are known once one has been requested.
FIRST_BUSY = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
let isAllowed = false;
navigator.mediaDevices.enumerateDevices = async () =>
  ["cam-a", "cam-b"].map((id) => ({ kind: "videoinput", deviceId: isAllowed ? id : "", label: isAllowed ? id : "" }));
navigator.mediaDevices.getUserMedia = async ({ video }) => {
  isAllowed = true;
  const wanted = video.deviceId?.ideal ?? video.deviceId?.exact ?? "cam-a";
  if (wanted === "cam-a") throw new DOMException("held by another program", "NotReadableError");
  return open({ video: true });
};
"""
