// Shows what has left the student's computer: the last picture of their face, and how much in all.
import { Announcer } from "../../lib/announcer.js";
import { setData, setText } from "../../lib/dom.js";
import { SENT } from "../texts.js";

export class SentView {
  #root;
  #picture;
  #announcer;
  #bytes = 0;

  constructor(root) {
    this.#root = root.querySelector("[data-part=sent]");
    this.#picture = this.#root.querySelector("canvas");
    this.#announcer = new Announcer(this.#root.querySelector("[data-spoken]"));
  }

  // `picture`: the canvas of a face. Without one, nobody was in view or the whole frame was sent.
  show({ bytes, isWhole, picture }) {
    this.#bytes += bytes;
    const kind = isWhole ? "whole" : picture ? "face" : "nobody";
    setData(this.#root, "kind", kind);
    setText(this.#root.querySelector("[data-state]"), SENT[kind]);
    this.#announcer.update(SENT[kind]);
    setText(this.#root.querySelector("[data-total]"), SENT.total(this.#bytes));
    if (picture) this.#draw(picture);
  }

  #draw(picture) {
    Object.assign(this.#picture, { width: picture.width, height: picture.height });
    this.#picture.getContext("2d").drawImage(picture, 0, 0);
  }
}
