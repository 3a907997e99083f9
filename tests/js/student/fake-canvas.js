// A canvas whose JPEG has `sizeAt(quality)` bytes, and whose pixels are those that the drawn image brings as `pixels`.
// `drawings` lists what was drawn, and `qualities` what was tried.
import "../page.js";

export const drawings = [];
export const qualities = [];

export function installCanvas(sizeAt = () => 3) {
  drawings.length = 0;
  qualities.length = 0;
  globalThis.OffscreenCanvas = class {
    constructor(width, height) {
      Object.assign(this, { width, height });
    }

    get pixels() {
      return this.written ?? this.drawn.pixels;
    }

    getContext() {
      return {
        drawImage: (image, ...place) => {
          this.drawn = image;
          drawings.push([image, ...place]);
        },
        getImageData: () => ({ data: Uint8ClampedArray.from(this.drawn.pixels) }),
        putImageData: ({ data }) => {
          this.written = [...data];
        },
      };
    }

    convertToBlob({ type, quality }) {
      qualities.push(quality);
      return Promise.resolve(new Blob([new Uint8Array(sizeAt(quality)).fill(7)], { type }));
    }
  };
  window.OffscreenCanvas = globalThis.OffscreenCanvas;
}
