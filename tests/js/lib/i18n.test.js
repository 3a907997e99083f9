import { resetPage } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

const catalogue = {
  gettext: (text) => ({ Copied: "कॉपी हो गया" })[text] ?? text,
  ngettext: (one, many, count) => `${count} ${count === 1 ? one : many}`,
  pgettext: (context, text) => `${context}: ${text}`,
};

// Each import with a different query is a separate module.
function load(name, lang, django) {
  resetPage();
  document.documentElement.lang = lang;
  globalThis.django = django;
  return import(`../../../static/js/lib/i18n.js?${name}`);
}

test("texts come from the catalogue in the page's language", async () => {
  const i18n = await load("hindi", "hi", catalogue);
  assert.equal(i18n.LOCALE, "hi");
  assert.equal(i18n.gettext("Copied"), "कॉपी हो गया");
  assert.equal(i18n.ngettext("face", "faces", 2), "2 faces");
  assert.equal(i18n.pgettext("happy in short", "H"), "happy in short: H");
});

test("without a catalogue texts stay English", async () => {
  const i18n = await load("english", "en", undefined);
  assert.equal(i18n.gettext("Copied"), "Copied");
  assert.deepEqual(
    [0, 1, 2].map((count) => i18n.ngettext("face", "faces", count)),
    ["faces", "face", "faces"],
  );
  assert.equal(i18n.pgettext("happy in short", "H"), "H");
});

test("English pages write dates the British way", async () => {
  assert.equal((await load("british", "en", undefined)).LOCALE, "en-GB");
  assert.equal((await load("unknown", "", undefined)).LOCALE, "en-GB");
});

test("numbers are grouped as the language does", async () => {
  assert.equal((await load("grouped", "en", undefined)).number(123456), "123,456");
  assert.equal((await load("lakh", "hi", undefined)).number(123456), "1,23,456");
});

test("placeholders are replaced wherever they stand", async () => {
  const { interpolate } = await load("placeholders", "en", undefined);
  assert.equal(interpolate("%(b)s before %(a)s and %(b)s", { a: 1, b: "two" }), "two before 1 and two");
});
