// The student's camera: tested, started, paused and lost. While on and live, it answers the server's credits.
import { CameraPicker } from "./camera-picker.js";
import { Camera, CameraError } from "./camera.js";
import { CreditAnswerer } from "./credits.js";
import { FacesOnDevice } from "./faces/faces-on-device.js";
import { LivePicture } from "./live-picture.js";

// Opening takes longer than this only if the browser asks the student or another program holds the camera.
const SLOW_CAMERA_MS = 5_000;
// While a camera is tested, its light is checked this often.
const LOOK_MS = 1_000;
// Another camera may help.
const OFFERS_ANOTHER = ["busy", "other", "no_frame"];

export class CameraControl {
  #view;
  #socket;
  #camera;
  #picture;
  #picker;
  #credits;
  #isTest = false;
  #look = null;

  constructor(root, view, socket) {
    this.#view = view;
    this.#socket = socket;
    this.#camera = new Camera(() => this.lose("unplugged"));
    this.#picture = new LivePicture((trouble) => this.#onPictureChange(trouble));
    this.#picker = new CameraPicker(root, () => this.isOn && this.#open());
    this.#credits = new CreditAnswerer(socket, {
      faces: new FacesOnDevice(root.dataset),
      onSent: (sent) => view.showSent(sent),
      onFacesOnly: () => this.lose("faces_only"),
    });
  }

  // True while the student sees the camera's picture, even in a test.
  get isOn() {
    return this.#camera.track !== null;
  }

  get isTested() {
    return this.isOn && this.#isTest;
  }

  // True while snapshots can be sent.
  get isLive() {
    return this.#picture.isLive && !this.#isTest;
  }

  // A camera that is being tested continues as it is.
  start() {
    const { isTested } = this;
    this.#isTest = false;
    clearTimeout(this.#look);
    if (isTested) this.#sendPictures();
    else this.#open();
  }

  test() {
    this.#isTest = true;
    this.#open();
  }

  startOffered() {
    this.#picker.chooseOffered();
    this.#open();
  }

  pause() {
    this.release();
    this.#view.showNotice("");
    this.#view.showPaused();
    this.#socket.send({ type: "pause" });
  }

  // `code`: see CAMERA_FAILURES.
  lose(code) {
    this.release();
    this.#view.showCameraFailure(code);
    this.#socket.send({ type: "pause" });
    this.#offerAnother(code);
  }

  release() {
    clearTimeout(this.#look);
    this.#credits.stop();
    this.#picture.stop();
    this.#camera.close();
    this.#view.hidePreview();
  }

  // The server does not know about the camera yet. `maxBytes` limits a snapshot.
  rejoin(maxBytes) {
    this.#credits.maxBytes = maxBytes;
    if (this.#picture.isLive || this.#picture.trouble) this.#onPictureChange(this.#picture.trouble);
  }

  answer(credit) {
    this.#credits.answer(credit);
  }

  async #open() {
    this.release();
    this.#view.showStarting();
    const slow = setTimeout(() => this.#view.showSlowCamera(), SLOW_CAMERA_MS);
    try {
      if (!(await this.#camera.open())) return;
    } catch (error) {
      this.lose(error instanceof CameraError ? error.code : "other");
      return;
    } finally {
      clearTimeout(slow);
    }
    this.#view.showPreview(this.#camera.stream, this.#isTest);
    this.#picture.start(this.#camera.track, this.#view.video);
    this.#picker.showInUse(this.#camera.track);
    if (this.#isTest) this.#look = setTimeout(() => this.#lookAtLight(), LOOK_MS);
    else this.#sendPictures();
  }

  async #lookAtLight() {
    const { track } = this.#camera;
    const image = await this.#picture.grab().catch(() => null); // without a picture the view says so
    image?.close?.();
    if (!this.isTested || track !== this.#camera.track) return;
    if (image) this.#view.showLight(this.#picture.light);
    this.#look = setTimeout(() => this.#lookAtLight(), LOOK_MS);
  }

  #sendPictures() {
    this.#view.showPreview(this.#camera.stream, false);
    this.#credits.start(this.#picture);
    if (this.#picture.isLive || this.#picture.trouble) this.#onPictureChange(this.#picture.trouble);
  }

  // `trouble`: why the camera gives no picture, or null.
  #onPictureChange(trouble) {
    if (trouble) this.#view.showNoPicture(trouble);
    else this.#view.showLive(this.#isTest);
    if (trouble) this.#offerAnother(trouble);
    if (!this.#isTest) this.#socket.send({ type: trouble ? "pause" : "start" });
  }

  async #offerAnother(code) {
    const camera = await this.#picker.findAnother(OFFERS_ANOTHER.includes(code));
    if (camera) this.#view.offerCamera(camera);
  }
}
