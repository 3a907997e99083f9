// The live dashboard: opens the socket, fetches the first state once the socket listens, then applies updates.
import { setData, setText } from "../lib/dom.js";
import { LiveSocket } from "../lib/live-socket.js";
import { CONNECTION_WORDS } from "../lib/texts.js";
import { clockTime } from "../lib/time.js";
import { MoodTimeline } from "../lib/mood-timeline.js";
import { ClassSummary } from "./class-summary.js";
import { SeatGrid } from "./seat-grid.js";
import { CLOSED, STALE } from "./texts.js";

const RETRY_FETCH_MS = 3000;
// A connection can die unnoticed. After this long without a message the page asks over HTTP.
const SILENCE_MS = 20_000;

const root = document.querySelector("[data-live]");
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const summary = new ClassSummary(root);
const grid = new SeatGrid(root);
const timeline = new MoodTimeline(part("timeline"), { windowS: 10, hasPresence: true, isLive: true });

let lastFigures = null;
let updates = 0;
let silence = null;
let hasEnded = false;

const socket = new LiveSocket(root.dataset.socket, {
  onState: connectionChanged,
  onMessage(message) {
    listenForSilence();
    HANDLERS[message.type]?.(message);
  },
  onFinal: finish,
});

const HANDLERS = {
  // Not on opening: what happens before the server listens for this page would be missed.
  ready: () => fetchState(),
  update(message) {
    updates += 1;
    grid.apply(message.students);
    summary.show(message.mood);
    timeline.add(message.windows);
    figuresAreFresh();
  },
  resync: () => fetchState(),
  ended: () => finish(4410),
};

async function fetchState() {
  const before = updates;
  let state;
  try {
    const response = await fetch(root.dataset.stateUrl, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`The state answered ${response.status}.`);
    state = await response.json();
  } catch {
    showStale();
    if (!hasEnded) setTimeout(() => socket.isOpen && fetchState(), RETRY_FETCH_MS);
    return;
  }
  if (state.session.ended_at) {
    finish(4410);
    return;
  }
  grid.replace(state.students);
  timeline.replace(state.timeline, state.window_s);
  // An update that came meanwhile is newer than this state's mood; tiles carry their own time.
  if (updates === before) summary.show(state.mood);
  setData(root, "ready", "yes");
  figuresAreFresh();
}

function connectionChanged(state) {
  const connection = part("connection");
  setData(connection, "state", state);
  setText(connection.querySelector("[data-word]"), CONNECTION_WORDS[state]);
  if (state === "open") {
    listenForSilence();
  } else if (state === "lost") {
    clearTimeout(silence);
    showStale();
  }
}

function listenForSilence() {
  clearTimeout(silence);
  silence = setTimeout(() => {
    fetchState();
    listenForSilence();
  }, SILENCE_MS);
}

function figuresAreFresh() {
  if (!socket.isOpen) return;
  lastFigures = Date.now() / 1000;
  part("stale").hidden = true;
  setData(root, "stale", null);
}

function showStale() {
  if (hasEnded) return;
  setText(part("stale").querySelector("[data-text]"), STALE(lastFigures && clockTime(lastFigures)));
  part("stale").hidden = false;
  setData(root, "stale", "yes");
}

function finish(code) {
  if (hasEnded) return;
  hasEnded = true;
  clearTimeout(silence);
  socket.close();
  setText(part("finished").querySelector("[data-text]"), CLOSED[code] ?? CLOSED[4404]);
  part("finished").querySelector("a").hidden = code !== 4410;
  part("finished").hidden = false;
  part("stale").hidden = true;
  part("end").hidden = true;
  part("live").hidden = code === 4410;
  document.getElementById("end-class")?.close();
  setData(root, "stale", "yes");
}

window.addEventListener("pageshow", (event) => event.persisted && location.reload());
socket.open();
