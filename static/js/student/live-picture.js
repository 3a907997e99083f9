// Gives the next new picture of a running camera, and reports if there is none. A picture counts as new only if it
// differs from the one that the camera gave on request: no two frames of a live camera are alike, and browsers repeat
// the last frame of a frozen camera.
import { openFrameSource, withTimeout } from "./frames.js";
import { isBlank, isSame, lightOf, thumbnailOf } from "./thumbnail.js";

const NEW_PICTURE_MS = 4000;
const LOOK_AGAIN_MS = 100;
// Without a picture, the camera is tried again this often.
const RETRY_MS = 2000;

class NoPicture extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export class LivePicture {
  isLive = false;
  trouble = null;
  light = "good"; // of the last picture: see lightOf
  #onChange;
  #track = null;
  #video = null;
  #source = null;
  #sent = null;
  #isLooking = false;
  #retry = null;

  // onChange(null): the camera gives pictures. onChange(code): it gives none, because it is "muted", "frozen", "blank"
  // or gave "no_frame" from the start.
  constructor(onChange) {
    this.#onChange = onChange;
  }

  start(track, video) {
    this.stop();
    this.#track = track;
    this.#video = video;
    track.addEventListener("mute", () => this.#check(track));
    track.addEventListener("unmute", () => this.#check(track));
    this.#check(track);
  }

  stop() {
    clearTimeout(this.#retry);
    this.#closeSource();
    this.#track = null;
    this.#sent = null;
    this.trouble = null;
    this.isLive = false;
  }

  // Resolves to a new picture, which the caller closes. Rejects if there is none.
  async grab() {
    if (!this.#track || this.#isLooking) throw new NoPicture("busy");
    this.#isLooking = true;
    const track = this.#track;
    try {
      const { image, thumbnail } = await this.#look(track);
      if (track !== this.#track) {
        image.close?.();
        throw new NoPicture("stopped");
      }
      [this.#sent, this.light] = [thumbnail, lightOf(thumbnail)];
      this.#report(null);
      return image;
    } catch (error) {
      if (track === this.#track) this.#fail(error instanceof NoPicture ? error.code : "frozen");
      throw error;
    } finally {
      this.#isLooking = false;
    }
  }

  async #look(track) {
    if (track.muted) throw new NoPicture("muted");
    if (!this.#source) {
      const source = await openFrameSource(track, this.#video).catch(() => {
        throw new NoPicture("no_frame");
      });
      if (track !== this.#track) {
        source.stop();
        throw new NoPicture("stopped");
      }
      this.#source = source;
    }
    return findNewPicture(this.#source, this.#sent);
  }

  async #check(track) {
    if (track !== this.#track) return;
    clearTimeout(this.#retry);
    try {
      const image = await this.grab();
      image.close?.();
    } catch (error) {
      // A check may come while the previous camera is still being checked.
      if (error.code === "busy" || error.code === "stopped") this.#checkLater(track);
    }
  }

  #checkLater(track) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#check(track), RETRY_MS);
  }

  #fail(code) {
    // Another way may still give frames.
    this.#closeSource();
    this.#checkLater(this.#track);
    this.#report(code);
  }

  #report(trouble) {
    const isNews = trouble ? trouble !== this.trouble : !this.isLive;
    this.trouble = trouble;
    this.isLive = trouble === null;
    if (isNews) this.#onChange(trouble);
  }

  #closeSource() {
    this.#source?.stop();
    this.#source = null;
  }
}

async function findNewPicture(source, sent) {
  const until = performance.now() + NEW_PICTURE_MS;
  let first = null;
  let isBlankNow = false;
  while (performance.now() < until) {
    const image = await withTimeout(source.grab(), until - performance.now());
    const thumbnail = thumbnailOf(image);
    isBlankNow = isBlank(thumbnail);
    if (first && !isBlankNow && !isSame(thumbnail, first) && !isSame(thumbnail, sent)) return { image, thumbnail };
    image.close?.();
    // The second grab follows at once: if it waits for a new frame, it needs no timer, which a hidden tab would delay.
    if (first) await delay(LOOK_AGAIN_MS);
    first ??= thumbnail;
  }
  throw new NoPicture(isBlankNow ? "blank" : "frozen");
}

function delay(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
