// Decides whether to find faces in this browser: not before a camera needs it, and no longer if it takes too long.
import { loadFaceFinder } from "./face-finder.js";

const LOAD_MS = 10_000;
// The fastest of the last searches, because one may have waited for something else.
const SLOWEST_MS = 150;
const SEARCHES = 5;

export class FacesOnDevice {
  #addresses;
  #load;
  #loading = null;
  #inTime = null;
  #times = [];

  // `dataset`: of an element with the template tag face_files.
  constructor(dataset, load = loadFaceFinder) {
    const { facesLibrary, facesRuntime, facesWasm, facesFull, facesBack } = dataset;
    this.#addresses = {
      library: facesLibrary,
      runtime: facesRuntime,
      wasm: facesWasm,
      full: facesFull,
      back: facesBack,
    };
    this.#load = load;
  }

  // Resolves to a function that finds the faces in a canvas, or to null if whole frames have to be sent. If only faces
  // may be sent, nothing takes too long.
  async prepare(isRequired = false) {
    this.#start();
    const finder = await (isRequired ? this.#loading : this.#inTime);
    const isSlow = this.#times.length === SEARCHES && Math.min(...this.#times) > SLOWEST_MS;
    return finder && (isRequired || !isSlow) ? (frame) => this.#find(finder, frame) : null;
  }

  #start() {
    if (this.#loading) return;
    // The student does not need it: without it, the server finds the face.
    const canLoad = this.#addresses.library && globalThis.WebAssembly;
    this.#loading = canLoad ? this.#load(this.#addresses).catch(() => null) : Promise.resolve(null);
    let timer;
    const timeout = new Promise((resolve) => {
      timer = setTimeout(resolve, LOAD_MS, null);
    });
    this.#inTime = Promise.race([this.#loading, timeout]);
    this.#loading.then(() => {
      clearTimeout(timer);
      this.#inTime = this.#loading; // one that comes late is used from then on
    });
  }

  async #find(finder, frame) {
    const begin = performance.now();
    try {
      const faces = await finder.find(frame);
      this.#times = [...this.#times.slice(1 - SEARCHES), performance.now() - begin];
      return faces;
    } catch (error) {
      this.#loading = this.#inTime = Promise.resolve(null);
      throw error;
    }
  }
}
