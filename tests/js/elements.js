// The parts of an element used by modules that build their own.
import "./page.js";

class FakeElement extends EventTarget {
  attributes = {};
  children = [];
  dataset = {};
  hidden = false;
  style = {};

  parentElement = null;

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
    for (const child of children.filter((each) => each instanceof FakeElement)) {
      child.remove();
      child.parentElement = this;
    }
    this.children.push(...children);
  }

  remove() {
    if (this.parentElement) this.parentElement.children = this.parentElement.children.filter((each) => each !== this);
  }

  contains(other) {
    return other === this || this.children.some((child) => child instanceof FakeElement && child.contains(other));
  }

  querySelector() {
    return null;
  }

  replaceChildren(...children) {
    this.children = children;
  }
}

document.createElement = (tag) => new FakeElement(tag);
document.createElementNS = (_, tag) => new FakeElement(tag);

export const element = (tag = "div") => new FakeElement(tag);
