import { element } from "../elements.js"; // in a browser in New York

import assert from "node:assert/strict";
import test from "node:test";

let page = 0;

// The page with a list of zones, of which one is chosen.
async function open(names, chosen) {
  const options = names.map((value) => ({ value, textContent: value.replace("_", " "), selected: value === chosen }));
  const select = Object.assign(element("select"), { options, focus() {} });
  const [button, name] = [element("button"), element("span")];
  button.querySelector = () => name;
  document.querySelector = (selector) => (selector.startsWith("select") ? select : button);
  page += 1;
  await import(`../../../static/js/lib/time-zone-page.js?page=${page}`);
  return { options, button, name };
}

test("the page offers the zone of the device, and chooses it", async () => {
  const { options, button, name } = await open(["", "America/New_York"], "");
  assert.deepEqual([button.hidden, name.textContent], [false, "America/New York"]);
  button.dispatchEvent(new Event("click"));
  assert.deepEqual([options[1].selected, button.hidden], [true, true]);
});

test("a zone that is chosen already is not offered", async () => {
  const { button } = await open(["", "America/New_York"], "America/New_York");
  assert.equal(button.hidden, true);
});

test("a zone that the server does not know is not offered", async () => {
  const { button } = await open(["", "Europe/Berlin"], "");
  assert.equal(button.hidden, true);
});
