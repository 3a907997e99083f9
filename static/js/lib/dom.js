// Builds an element: attributes and children that are null are left out.
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function svgElement(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// Writes the text only if it differs: writing the same text would announce it and lay it out again.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Hides the element; if the focus is in it, `next` gets that.
export function hide(element, next) {
  const hadFocus = element.contains(document.activeElement);
  element.hidden = true;
  if (hadFocus) next.focus();
}

// Sets a data attribute, or removes it when the value is null.
export function setData(element, name, value) {
  if (value === null) delete element.dataset[name];
  else if (element.dataset[name] !== value) element.dataset[name] = value;
}
