import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { badged, titled } from "../../../static/js/lib/page-badge.js";

test("the title begins with the number of alerts, and only with one", () => {
  assert.equal(titled("Means · Attune", { before: 0, count: 2 }), "(2) Means · Attune");
  assert.equal(titled("(2) Means · Attune", { before: 2, count: 11 }), "(11) Means · Attune");
  assert.equal(titled("(11) Means · Attune", { before: 11, count: 0 }), "Means · Attune");
});

test("a topic that begins with a number keeps it", () => {
  assert.equal(titled("(3) Means · Attune", { before: 0, count: 0 }), "(3) Means · Attune");
  assert.equal(titled("(3) Means · Attune", { before: 0, count: 2 }), "(2) (3) Means · Attune");
  assert.equal(titled("(2) (3) Means · Attune", { before: 2, count: 0 }), "(3) Means · Attune");
});

test("the icon has the number, from ten on nine and a plus sign", () => {
  const text = (count) => /<text[^>]*>([^<]*)<\/text><\/svg>$/.exec(badged("<svg><rect/></svg>", count))[1];
  assert.equal(text(1), "1");
  assert.equal(text(9), "9");
  assert.equal(text(10), "9+");
});
