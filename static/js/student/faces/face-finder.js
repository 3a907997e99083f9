// Finds faces in this browser: LiteRT runs the server's networks.
import { createCanvas } from "../snapshot.js";
import { BACK_RANGE, FULL_RANGE, anchorsOf, facesOf, letterbox } from "./blazeface.js";

// Resolves to a finder. Rejects if WebAssembly is missing or something does not load. `addresses`: see the template tag
// face_files.
export async function loadFaceFinder({ library, runtime, wasm, full, back }) {
  const litert = await import(library);
  // The runtime asks this object where its WebAssembly is, because its own guess does not know hashed names.
  globalThis.Module = { locateFile: () => wasm, print() {}, printErr() {} };
  await litert.loadLiteRt(runtime);
  const load = async (address, variant) => {
    const network = await litert.loadAndCompile(address, { accelerator: "wasm" });
    const { side } = variant;
    const input = new Float32Array(side * side * 3);
    return { ...variant, network, anchors: anchorsOf(variant), square: squareOf(side), input };
  };
  return new FaceFinder(litert.Tensor, await load(full, FULL_RANGE), await load(back, BACK_RANGE));
}

class FaceFinder {
  #Tensor;
  #searches;

  constructor(Tensor, ...searches) {
    this.#Tensor = Tensor;
    this.#searches = searches;
  }

  // Resolves to the faces in a canvas, the largest first: see facesOf. The second network runs only if the first finds
  // nothing, as on the server.
  async find(frame) {
    for (const search of this.#searches) {
      const faces = await this.#search(search, frame);
      if (faces.length) return faces;
    }
    return [];
  }

  async #search(search, frame) {
    const { side, network } = search;
    const input = new this.#Tensor(fillInput(frame, search), [1, side, side, 3]);
    let outputs = [];
    try {
      outputs = await network.run([input]);
      // The logits have one value per anchor, the boxes sixteen.
      const [logits, values] = (await Promise.all(outputs.map((output) => output.data()))).sort(
        (one, other) => one.length - other.length,
      );
      return facesOf({ logits, values }, search, frame.width, frame.height);
    } finally {
      for (const tensor of [input, ...outputs]) tensor.delete();
    }
  }
}

function squareOf(side) {
  return createCanvas(side, side).getContext("2d", { alpha: false, willReadFrequently: true });
}

// The frame in the middle of a black square: red, green and blue, from −1 to 1.
function fillInput(frame, { side, square, input }) {
  const { left, top, width, height } = letterbox(frame.width, frame.height, side);
  square.fillRect(0, 0, side, side);
  square.drawImage(frame, left, top, width, height);
  const { data } = square.getImageData(0, 0, side, side);
  for (let pixel = 0; pixel < side * side; pixel += 1)
    for (let colour = 0; colour < 3; colour += 1) input[3 * pixel + colour] = data[4 * pixel + colour] / 127.5 - 1;
  return input;
}
