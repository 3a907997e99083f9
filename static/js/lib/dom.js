// Builds an element: attributes (null ones are left out), then children (null ones too).
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

// Writes text only where it differs, so that screen readers and the layout are left in peace.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setData(element, name, value) {
  if (value === null) delete element.dataset[name];
  else if (element.dataset[name] !== value) element.dataset[name] = value;
}

const SVG = "http://www.w3.org/2000/svg";

// One symbol of the sprite in templates/_icons.html.
export function symbol(id, className) {
  const svg = svgElement("svg", { class: className, "aria-hidden": "true", focusable: "false" });
  svg.append(svgElement("use", { href: `#${id}` }));
  return svg;
}

export function svgElement(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

export function icon(name) {
  return symbol(`icon-${name}`, "icon");
}
