// The choice of one of several cameras. Browsers reveal their names only after the student has allowed one.
import { el } from "../lib/dom.js";
import { chosenCamera, listCameras, rememberCamera } from "./camera.js";
import { CAMERA_NAME } from "./texts.js";

export class CameraPicker {
  #field;
  #select;
  // Cameras that have failed since one last worked, and the one that was offered instead.
  #failed = new Set();
  #offered = null;
  // Of the camera in use, or of the last one.
  #track = null;

  constructor(root, onChange) {
    this.#field = root.querySelector("[data-camera-field]");
    this.#select = this.#field.querySelector("select");
    this.#select.addEventListener("change", () => {
      rememberCamera(this.#select.value);
      onChange();
    });
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.#refresh());
    this.#refresh();
  }

  async showInUse(track) {
    this.#failed.clear();
    this.#track = track;
    await this.#refresh();
  }

  // Resolves to the name of the next camera that has not failed, or to null. `isFailure`: the chosen one has failed.
  async findAnother(isFailure) {
    const cameras = await this.#refresh();
    if (!isFailure) return null;
    this.#failed.add(this.#select.value);
    const index = cameras.findIndex(({ deviceId }) => deviceId === this.#select.value);
    const following = [...cameras.slice(index + 1), ...cameras.slice(0, index + 1)];
    const next = following.find(({ deviceId }) => !this.#failed.has(deviceId));
    this.#offered = next?.deviceId ?? null;
    return next ? next.name : null;
  }

  chooseOffered() {
    this.#select.value = this.#offered;
    rememberCamera(this.#offered);
  }

  // Selects the camera in use, or else the one that the next start opens.
  async #refresh() {
    const devices = await listCameras();
    const cameras = devices.map(({ deviceId, label }, index) => ({ deviceId, name: label || CAMERA_NAME(index + 1) }));
    this.#select.replaceChildren(...cameras.map(({ deviceId, name }) => el("option", { value: deviceId }, name)));
    const ids = cameras.map(({ deviceId }) => deviceId);
    const inUse = this.#track?.readyState === "live" ? this.#track.getSettings().deviceId : null;
    this.#select.value = [inUse, chosenCamera(), ids[0]].find((id) => ids.includes(id)) ?? "";
    this.#field.hidden = cameras.length < 2;
    return cameras;
  }
}
