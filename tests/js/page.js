// Stands in for the parts of a page that modules need to load and run without a browser. Import it first.
import { mock } from "node:test";

// The page is in another time zone than the browser.
process.env.TZ = "America/New_York";

resetPage();

// A new page, without the listeners of the one before.
export function resetPage() {
  globalThis.window = Object.assign(new EventTarget(), { isSecureContext: true });
  globalThis.document = Object.assign(new EventTarget(), {
    documentElement: { lang: "en", dataset: { timeZone: "Asia/Kolkata" } },
    hidden: false,
  });
  globalThis.location = { protocol: "https:", host: "attune.example", reload: mock.fn() };
}

// Freezes all clocks at `at` seconds since 1970. Returns a function that lets them advance by milliseconds.
export function freezeTime(t, at = 1_700_000_000) {
  let elapsedMs = 0;
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: at * 1000 });
  t.mock.method(performance, "now", () => elapsedMs);
  return (ms) => {
    elapsedMs += ms;
    t.mock.timers.tick(ms);
  };
}

// Lets promises that are already settled run their reactions.
export async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

// A promise with the functions that settle it.
export function deferred() {
  const settlers = {};
  const promise = new Promise((resolve, reject) => {
    Object.assign(settlers, { resolve, reject });
  });
  return { promise, ...settlers };
}
