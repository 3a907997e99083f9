import { element } from "../elements.js";

import { freezeTime, settle } from "../page.js";
import assert from "node:assert/strict";
import test from "node:test";

import { AlertSettings } from "../../../static/js/teacher/alert-settings.js";

const PRESETS = { quiet: { "student_away-hold_s": 180 }, normal: { "student_away-hold_s": 60 } };

// A page of settings that answers previews with `responses` in turn.
function openPage(t, ...responses) {
  globalThis.FormData = class {
    set() {}
  };
  globalThis.location.href = "/courses/1/alerts/";
  const fetched = t.mock.method(globalThis, "fetch", () => Promise.resolve(responses.shift()));
  const list = Object.assign(element(), { querySelector: () => null });
  const parts = { preview: element(), "preview-text": element(), "preview-list": list };
  const form = Object.assign(element("form"), {
    elements: { preset: { value: "normal" }, "student_away-hold_s": { value: 60 } },
    checkValidity: () => Number(form.elements["student_away-hold_s"].value) >= 10,
    querySelector: (selector) => parts[/"(.*)"/.exec(selector)[1]],
  });
  new AlertSettings(form, PRESETS);
  const input = (name, value, type) => {
    form.elements[name].value = value;
    const event = new Event("input");
    Object.defineProperty(event, "target", { value: { name, value, type } });
    form.dispatchEvent(event);
  };
  return { form, fetched, parts, input };
}

const answer = (status, headers = {}) => ({ status, ok: status === 200, headers: new Headers(headers) });

test("a preset fills in its numbers", (t) => {
  freezeTime(t);
  const { form, input } = openPage(t);
  input("preset", "quiet", "radio");
  assert.equal(form.elements["student_away-hold_s"].value, 180);
});

test("numbers of the teacher's own leave those of the preset as they are", (t) => {
  freezeTime(t);
  const { form, input } = openPage(t);
  input("preset", "custom", "radio");
  assert.equal(form.elements["student_away-hold_s"].value, 60);
});

test("another number is the teacher's own", (t) => {
  freezeTime(t);
  const { form, input } = openPage(t);
  input("student_away-hold_s", "61", "number");
  assert.equal(form.elements.preset.value, "custom");
});

test("several changes in a row give one preview", async (t) => {
  const advance = freezeTime(t);
  const { fetched, input, parts } = openPage(t, answer(422));
  assert.equal(parts.preview.hidden, true);
  for (const value of ["6", "61", "610"]) {
    input("student_away-hold_s", value, "number");
    advance(400);
  }
  assert.equal(fetched.mock.callCount(), 0);
  advance(100);
  await settle();
  assert.equal(fetched.mock.callCount(), 1);
  assert.equal(parts["preview-text"].textContent, "Correct the numbers to see a preview.");
});

test("invalid numbers are not tried", async (t) => {
  const advance = freezeTime(t);
  const { fetched, input, parts } = openPage(t);
  input("student_away-hold_s", "5", "number");
  advance(500);
  await settle();
  assert.equal(fetched.mock.callCount(), 0);
  assert.equal(parts["preview-text"].textContent, "Correct the numbers to see a preview.");
});

test("too many previews are tried again after the time that the server names", async (t) => {
  const advance = freezeTime(t);
  const { fetched, input, parts } = openPage(t, answer(429, { "Retry-After": "7" }), answer(500));
  input("preset", "quiet", "radio");
  advance(500);
  await settle();
  assert.equal(parts["preview-text"].textContent, "Next preview in 7 seconds.");
  advance(6999);
  await settle();
  assert.equal(fetched.mock.callCount(), 1);
  advance(1);
  await settle();
  assert.equal(fetched.mock.callCount(), 2);
  assert.equal(parts["preview-text"].textContent, "The preview could not be loaded.");
});
