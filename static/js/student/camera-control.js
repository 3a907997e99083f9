// The student's camera: tested, started, paused and lost. While on and live, it answers the server's credits.
import { CameraCommands } from "./camera-commands.js";
import { CameraPicker } from "./camera-picker.js";
import { Camera, CameraError } from "./camera.js";
import { CreditAnswerer } from "./credits.js";
import { FacesOnDevice } from "./faces/faces-on-device.js";
import { LightCheck } from "./light-check.js";
import { LivePicture } from "./live-picture.js";

// Opening takes longer than this only if the browser asks the student or another program holds the camera.
const SLOW_CAMERA_MS = 5_000;
const OFFERS_ANOTHER = ["busy", "other", "no_frame"]; // where another camera may help

export class CameraControl {
  #view;
  #commands;
  #camera;
  #picture;
  #picker;
  #credits;
  #isTest = false;
  #light;

  constructor(root, view, socket) {
    this.#view = view;
    this.#commands = new CameraCommands(socket);
    this.#camera = new Camera(() => this.lose("unplugged"));
    this.#picture = new LivePicture((trouble) => this.#onPictureChange(trouble));
    this.#light = new LightCheck(this.#picture, (light) => view.showLight(light));
    this.#picker = new CameraPicker(root, () => (this.isOn || this.#camera.isOpening) && this.#open());
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

  // True from a start on, even while the browser opens the camera, until it is paused or lost.
  get isStarted() {
    return (this.isOn || this.#camera.isOpening) && !this.#isTest;
  }

  // True while snapshots can be sent.
  get isLive() {
    return this.#picture.isLive && !this.#isTest;
  }

  // A camera that is being tested continues as it is.
  start() {
    const isTested = this.isOn && this.#isTest;
    this.#isTest = false;
    this.#light.stop();
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

  // `reason`: of the server, if the student did not ask for it.
  pause(reason = "") {
    this.release();
    this.#view.showNotice(reason);
    this.#view.showPaused();
    this.#commands.send("pause");
  }

  // `code`: see CAMERA_FAILURES.
  lose(code) {
    this.release();
    this.#view.showCameraFailure(code);
    this.#commands.send("pause");
    this.#offerAnother(code);
  }

  // `state`: the server's answer to a command, or its own decision.
  follow(state) {
    const isAnswer = this.#commands.takeAnswer();
    if (!isAnswer && state === "paused" && this.isLive) this.lose("stopped");
  }

  release() {
    this.#light.stop();
    this.#credits.stop();
    this.#picture.stop();
    this.#camera.close();
    this.#view.hidePreview();
  }

  // The server does not know about the camera yet. `maxBytes` limits a snapshot.
  rejoin(maxBytes) {
    this.#commands.reset();
    this.#credits.maxBytes = maxBytes;
    if (this.#picture.isLive || this.#picture.trouble) this.#onPictureChange(this.#picture.trouble);
  }

  answer(credit) {
    this.#credits.answer(credit);
  }

  async #open() {
    this.release();
    this.#view.showStarting();
    const slow = setTimeout(() => this.#camera.isOpening && this.#view.showSlowCamera(), SLOW_CAMERA_MS);
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
    if (this.#isTest) this.#light.start();
    else this.#sendPictures();
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
    if (!this.#isTest) this.#commands.send(trouble ? "pause" : "start");
  }

  async #offerAnother(code) {
    const camera = await this.#picker.findAnother(OFFERS_ANOTHER.includes(code));
    if (camera) this.#view.offerCamera(camera);
  }
}
