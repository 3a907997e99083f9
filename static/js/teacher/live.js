// The live dashboard: opens the socket, fetches the first state once the server listens, then applies updates. If no
// socket can be opened, it fetches the whole state every few seconds.
import { Connection } from "../lib/connection.js";
import { setData } from "../lib/dom.js";
import { load } from "../lib/requests.js";
import { Timeline } from "../timeline/timeline.js";
import { AlertPanel } from "./alert-panel.js";
import { ClassSummary } from "./class-summary.js";
import { ConsentLine } from "./consent-line.js";
import { MarkerPanel } from "./marker-panel.js";
import { PageState } from "./page-state.js";
import { ResponsesPanel } from "./responses-panel.js";
import { RunningWindow } from "./running-window.js";
import { SeatGrid } from "./seat-grid.js";
import { StudentPanel } from "./student-panel.js";
import { TimelineAnnotations } from "./timeline-annotations.js";
import { setUpViews } from "./views.js";

const RETRY_FETCH_MS = 3000;
// Answers of the API that another request cannot change, as close codes.
const FINAL_STATUSES = { 401: 4401, 403: 4401, 404: 4404 };

const root = document.querySelector("[data-live]");
const page = new PageState(root);
const summary = new ClassSummary(root);
const student = new StudentPanel(document.getElementById("student-panel"));
const grid = new SeatGrid(root, { onOpen: (data) => student.open(data), onChange: (data) => student.follow(data) });
const alerts = new AlertPanel(root);
const responses = new ResponsesPanel(root);
const markers = new MarkerPanel(root);
const consent = new ConsentLine(root);
const timeline = new Timeline(root.querySelector("[data-part=timeline]"), {
  windowS: 10,
  hasPresence: true,
  isLive: true,
  isSmall: true,
  readsFaces: readsFaces(),
  isAnonymous: root.dataset.anonymous === "yes",
});
const runningWindow = new RunningWindow(timeline);
const annotations = new TimelineAnnotations((all) => timeline.annotate(all));

const connection = new Connection(root.dataset.socket, {
  onState: onConnectionChange,
  onMessage(message) {
    page.showHeard();
    HANDLERS[message.type]?.(message);
  },
  onFinal: finish,
  poll: fetchState,
  onBlocked: (isBlocked) => page.showBlocked(isBlocked),
});

const HANDLERS = {
  // Do not fetch the state when the socket opens: it would miss changes before the server listens for this page.
  ready() {
    page.showHistory({ saved: true, resting: false });
    fetchState();
  },
  update(message) {
    grid.apply(message.students);
    alerts.markTiles();
    showClass(message);
    showFresh();
    // The server holds back the next update until this one is confirmed.
    connection.send({ type: "shown", number: message.number });
  },
  history: (message) => page.showHistory(message),
  alerts(message) {
    alerts.show(message.alerts);
    annotations.addAlerts(message.alerts);
  },
  markers: (message) => showMarkers(message.markers),
  resync: fetchState,
  ended: () => finish(4410),
};

// Resolves to whether the state could be fetched and shown.
async function fetchState() {
  const before = { updates: grid.updates, alerts: alerts.shown, markers: markers.shown };
  let state;
  try {
    state = await load(root.dataset.stateUrl);
  } catch (error) {
    page.showStale();
    const code = FINAL_STATUSES[error.status];
    if (code) finish(code);
    if (!page.hasEnded) setTimeout(() => connection.isOpen && fetchState(), RETRY_FETCH_MS);
    return false;
  }
  if (state.session.ended_at) {
    finish(4410);
    return false;
  }
  if (page.reloadIfNowAnonymous(state)) return false;
  page.showState(state);
  setData(root, "readsFaces", state.session.reads_faces ? "yes" : "no");
  runningWindow.start(state);
  responses.setClock(state.now);
  grid.replace(state.students, before.updates);
  if (alerts.shown === before.alerts) alerts.show(state.alerts);
  alerts.markTiles();
  grid.sort();
  annotations.setAlerts(state.fired, alerts.alerts);
  if (markers.shown === before.markers) showMarkers(state.markers);
  // An update that has arrived since is newer than this state's mood.
  if (grid.updates === before.updates) showClass(state);
  setData(root, "ready", "yes");
  showFresh();
  return true;
}

function showClass(figures) {
  if (grid.hasJoined) page.showJoined();
  runningWindow.show(figures);
  summary.show(figures, readsFaces());
  responses.show(figures.voice, readsFaces());
}

function showMarkers(list) {
  markers.show(list);
  annotations.setMarkers(list);
}

function showFresh() {
  if (connection.isOpen || connection.isPolling) page.showFresh();
}

function readsFaces() {
  return root.dataset.readsFaces === "yes";
}

function onConnectionChange(state) {
  page.showConnection(state);
  if (state === "polling") page.showFresh();
  else if (state === "lost") page.showStale();
}

function finish(code) {
  if (page.hasEnded) return;
  connection.close();
  for (const panel of [responses, markers, alerts, consent, student]) panel.stop();
  page.showFinished(code);
}

setUpViews(root, { timeline, onBoard: () => student.close() });
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
connection.open();
