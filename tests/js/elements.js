// The parts of an element used by modules that build their own.
import "./page.js";

class FakeElement extends EventTarget {
  attributes = {};
  children = [];
  dataset = {};
  hidden = false;
  style = {};

  constructor(tag) {
    super();
    this.tag = tag;
  }

  get firstElementChild() {
    return this.children[0];
  }

  get textContent() {
    return this.children.map((child) => child.textContent ?? child).join("");
  }

  set textContent(text) {
    this.children = [text];
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  toggleAttribute(name, isSet) {
    if (isSet) this.attributes[name] = "";
    else delete this.attributes[name];
  }

  append(...children) {
    this.children.push(...children);
  }

  replaceChildren(...children) {
    this.children = children;
  }
}

document.createElement = (tag) => new FakeElement(tag);
document.createElementNS = (_, tag) => new FakeElement(tag);

export const element = (tag = "div") => new FakeElement(tag);
