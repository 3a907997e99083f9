import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { load, send } from "../../../static/js/lib/requests.js";

function serve(t, status, body) {
  document.querySelector = () => ({ value: "token" });
  const response = { ok: status < 400, status, json: () => Promise.resolve(body) };
  return t.mock.method(globalThis, "fetch", () => Promise.resolve(response));
}

test("load resolves to the answer's content", async (t) => {
  const fetch = serve(t, 200, { students: [] });
  assert.deepEqual(await load("/api/x/"), { students: [] });
  const [url, { headers }] = fetch.mock.calls[0].arguments;
  assert.deepEqual([url, headers], ["/api/x/", { Accept: "application/json" }]);
});

test("load rejects a failure with its status", async (t) => {
  serve(t, 404);
  await assert.rejects(load("/api/x/"), { message: "GET /api/x/ answered 404.", status: 404 });
});

test("send posts JSON with the page's CSRF token", async (t) => {
  const fetch = serve(t, 201, { id: 5 });
  assert.deepEqual(await send("POST", "/api/x/", { text: "Pause" }), { id: 5 });
  const [url, { method, headers, body }] = fetch.mock.calls[0].arguments;
  assert.deepEqual([url, method, headers["X-CSRFToken"], body], ["/api/x/", "POST", "token", '{"text":"Pause"}']);
});

test("send resolves to null if there is no content", async (t) => {
  const fetch = serve(t, 204);
  assert.equal(await send("DELETE", "/api/x/"), null);
  assert.equal(fetch.mock.calls[0].arguments[1].body, undefined);
});

test("send rejects a failure", async (t) => {
  serve(t, 409);
  await assert.rejects(send("POST", "/api/x/", {}), { message: "POST /api/x/ answered 409.", status: 409 });
});

test("requests that are not answered within ten seconds are rejected", async (t) => {
  const controllers = [];
  t.mock.method(AbortSignal, "timeout", (ms) => {
    controllers.push({ ms, controller: new AbortController() });
    return controllers.at(-1).controller.signal;
  });
  document.querySelector = () => ({ value: "token" });
  t.mock.method(
    globalThis,
    "fetch",
    (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  );
  for (const request of [() => load("/api/x/"), () => send("POST", "/api/x/", {})]) {
    const rejected = assert.rejects(request(), { name: "TimeoutError" });
    const { ms, controller } = controllers.pop();
    assert.equal(ms, 10_000);
    controller.abort(new DOMException("late", "TimeoutError"));
    await rejected;
  }
});
