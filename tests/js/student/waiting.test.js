import { freezeTime, resetPage, settle } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { waitOn } from "../../../static/js/student/waiting.js";

function wait(t, waitingFor) {
  resetPage();
  const advance = freezeTime(t);
  location.replace = t.mock.fn();
  const server = { status: 200, state: { enrolled: waitingFor === "class", page: null } };
  const fetch = t.mock.method(globalThis, "fetch", () =>
    Promise.resolve({
      ok: server.status < 400,
      status: server.status,
      json: () => Promise.resolve(server.state),
    }),
  );
  const sentence = { textContent: "Wait" };
  waitOn({ dataset: { waitingUrl: "/api/courses/3/waiting/", waitingFor }, querySelector: () => sentence });
  const polls = () => fetch.mock.calls.map(({ arguments: [url] }) => url);
  const later = async () => {
    await settle();
    advance(5_000);
    await settle();
  };
  return { server, sentence, polls, later };
}

test("the page asks every five seconds and opens the class when it starts", async (t) => {
  const { server, polls, later } = wait(t, "class");
  await later();
  assert.equal(location.replace.mock.callCount(), 0);
  server.state = { enrolled: true, page: "/sessions/7/attend/" };
  await later();
  assert.deepEqual(location.replace.mock.calls[0].arguments, ["/sessions/7/attend/"]);
  await later();
  assert.deepEqual(polls(), Array(3).fill("/api/courses/3/waiting/"));
});

test("the page of a student who asked to join loads again once they are enrolled", async (t) => {
  const { server, later } = wait(t, "approval");
  await later();
  assert.equal(location.reload.mock.callCount(), 0);
  server.state = { enrolled: true, page: null };
  await later();
  assert.equal(location.reload.mock.callCount(), 1);
});

for (const [waitingFor, text] of [
  ["approval", "Your request was not accepted. Ask your teacher if you think this is a mistake."],
  ["class", "You are no longer in this course."],
]) {
  test(`a page that waits for ${waitingFor} says when there is nothing to wait for`, async (t) => {
    const { server, sentence, polls, later } = wait(t, waitingFor);
    server.status = 404;
    await later();
    assert.equal(sentence.textContent, text);
    const before = polls().length;
    await later();
    assert.equal(polls().length, before);
  });
}

test("an error of the server ends no wait", async (t) => {
  const { server, sentence, polls, later } = wait(t, "class");
  server.status = 503;
  await later();
  await later();
  assert.equal(sentence.textContent, "Wait");
  assert.equal(polls().length, 3);
});

test("a tab that is shown again asks at once", async (t) => {
  const { polls } = wait(t, "class");
  await settle();
  document.hidden = true;
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(polls().length, 1);
  document.hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(polls().length, 2);
});
