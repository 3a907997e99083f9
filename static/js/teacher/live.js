// The live dashboard: opens the socket, fetches the first state once the socket listens, then applies updates.
import { setData } from "../lib/dom.js";
import { LiveSocket } from "../lib/live-socket.js";
import { Timeline } from "../timeline/timeline.js";
import { load } from "../lib/requests.js";
import { IdleTimer } from "../lib/idle-timer.js";
import { AlertPanel } from "./alert-panel.js";
import { ResponsesPanel } from "./responses-panel.js";
import { ClassSummary } from "./class-summary.js";
import { setUpProjectorMode } from "./projector-mode.js";
import { MarkerPanel } from "./marker-panel.js";
import { PageState } from "./page-state.js";
import { RunningWindow } from "./running-window.js";
import { SeatGrid } from "./seat-grid.js";
import { TimelineAnnotations } from "./timeline-annotations.js";
import { StudentPanel } from "./student-panel.js";

const RETRY_FETCH_MS = 3000;
// A connection can die unnoticed. After this long without a message the page asks over HTTP.
const IDLE_TIMEOUT_MS = 20_000;

const root = document.querySelector("[data-live]");
const page = new PageState(root);
const summary = new ClassSummary(root);
const student = new StudentPanel(document.getElementById("student-panel"));
const grid = new SeatGrid(root, (tile) => student.open(tile));
const alerts = new AlertPanel(root);
const responses = new ResponsesPanel(root);
const markers = new MarkerPanel(root);
const marks = new TimelineAnnotations((all) => timeline.mark(all));
const running = new RunningWindow();
const timeline = new Timeline(root.querySelector("[data-part=timeline]"), {
  windowS: 10,
  hasPresence: true,
  isLive: true,
  readsFaces: readsFaces(),
});
const idleTimer = new IdleTimer(IDLE_TIMEOUT_MS, () => {
  fetchState();
  idleTimer.restart();
});

let updates = 0;

const socket = new LiveSocket(root.dataset.socket, {
  onState: connectionChanged,
  onMessage(message) {
    idleTimer.restart();
    HANDLERS[message.type]?.(message);
  },
  onFinal: finish,
});

const HANDLERS = {
  // Not on opening: what happens before the server listens for this page would be missed.
  ready() {
    page.showSaved(true);
    fetchState();
  },
  update(message) {
    updates += 1;
    grid.apply(message.students);
    alerts.markTiles();
    showClass(message);
    timeline.add([...message.windows, ...running.windows(message.mood)], message.answers);
    figuresAreFresh();
    // The server holds the next update until this one is confirmed.
    socket.send({ type: "shown", number: message.number });
  },
  history: (message) => page.showSaved(message.saved),
  alerts(message) {
    alerts.show(message.alerts);
    marks.addAlerts(message.alerts);
  },
  markers(message) {
    markers.show(message.markers);
    marks.setMarkers(message.markers);
  },
  resync: () => fetchState(),
  ended: () => finish(4410),
};

async function fetchState() {
  const before = updates;
  const alertsBefore = alerts.shown;
  const markersBefore = markers.shown;
  let state;
  try {
    state = await load(root.dataset.stateUrl);
  } catch {
    page.showStale();
    if (!page.hasEnded) setTimeout(() => socket.isOpen && fetchState(), RETRY_FETCH_MS);
    return;
  }
  if (state.session.ended_at) {
    finish(4410);
    return;
  }
  setData(root, "readsFaces", state.session.reads_faces ? "yes" : "no");
  running.begin(state);
  grid.replace(state.students);
  if (alerts.shown === alertsBefore) alerts.show(state.alerts);
  alerts.markTiles();
  grid.order();
  timeline.replace(state.timeline, { windowS: state.window_s, answers: state.answers, readsFaces: readsFaces() });
  marks.addAlerts(state.fired);
  if (markers.shown === markersBefore) {
    markers.show(state.markers);
    marks.setMarkers(state.markers);
  }
  // An update that came meanwhile is newer than this state's mood; tiles carry their own time.
  if (updates === before) showClass(state);
  setData(root, "ready", "yes");
  figuresAreFresh();
}

function showClass(figures) {
  summary.show(figures, readsFaces());
  responses.show(figures.voice, readsFaces());
}

function readsFaces() {
  return root.dataset.readsFaces === "yes";
}

function connectionChanged(state) {
  page.showConnection(state);
  if (state === "open") {
    idleTimer.restart();
  } else if (state === "lost") {
    idleTimer.stop();
    page.showStale();
  }
}

function figuresAreFresh() {
  if (socket.isOpen) page.showFresh();
}

function finish(code) {
  if (page.hasEnded) return;
  idleTimer.stop();
  socket.close();
  markers.stop();
  page.showFinished(code);
}

setUpProjectorMode(root.querySelector("[data-part=large]"));
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
socket.open();
