// Requests to the server's JSON API. A request that is not answered in time is rejected like one that failed.
const TIMEOUT_MS = 10_000;

export async function load(url) {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { headers: { Accept: "application/json" }, signal });
  if (!response.ok) throw new RequestFailed("GET", url, response.status);
  return response.json();
}

// A request that changes something. Resolves to the answer's content, or null if it has none.
export async function send(method, url, body) {
  const response = await fetch(url, {
    method,
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value,
    },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new RequestFailed(method, url, response.status);
  return response.status === 204 ? null : response.json();
}

export class RequestFailed extends Error {
  constructor(method, url, status) {
    super(`${method} ${url} answered ${status}.`);
    this.status = status;
  }
}
