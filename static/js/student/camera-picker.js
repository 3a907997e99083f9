// The choice among several cameras. Browsers reveal their names only after the camera was allowed.
import { el } from "../lib/dom.js";
import { listCameras, rememberCamera } from "./camera.js";
import { CAMERA_NAME } from "./texts.js";

export class CameraPicker {
  constructor(root, onChange) {
    this.field = root.querySelector("[data-camera-field]");
    this.select = this.field.querySelector("select");
    this.select.addEventListener("change", () => {
      rememberCamera(this.select.value);
      onChange();
    });
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.refresh(null));
  }

  // `track` is that of the camera in use, or null if that has not changed.
  async refresh(track) {
    const current = track?.getSettings().deviceId ?? this.select.value;
    const cameras = await listCameras();
    const options = cameras.map((camera, index) =>
      el("option", { value: camera.deviceId }, camera.label || CAMERA_NAME(index + 1)),
    );
    this.select.replaceChildren(...options);
    this.select.value = current;
    this.field.hidden = cameras.length < 2;
  }
}
