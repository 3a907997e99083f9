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

  // Of a part of a table, and of a row.
  get rows() {
    return this.children;
  }

  get cells() {
    return this.children;
  }

  deleteRow(index) {
    this.children.splice(index, 1);
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

  insertBefore(child, place) {
    child.remove();
    child.parentElement = this;
    const index = place === null ? this.children.length : this.children.indexOf(place);
    this.children.splice(index, 0, child);
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
