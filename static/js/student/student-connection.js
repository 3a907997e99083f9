// A student's connection to the class. If the network blocks the socket, requests keep the student in class and carry
// the answer and the hand. The camera needs the socket.
import { Connection } from "../lib/connection.js";
import { send } from "../lib/requests.js";

const BODIES = {
  say: ({ answer }) => ({ answer }),
  hand: ({ up }) => ({ hand_up: up }),
  leave: () => ({ left: true }),
};
// Answers of the API that another request cannot change, as close codes. 404: the student was removed from the course;
// 409: they left it, on another page.
const FINAL_STATUSES = { 401: 4401, 403: 4401, 404: 4403, 409: 1000, 410: 4410 };

export class StudentConnection extends Connection {
  #url;
  #handlers;
  #hasLeft = false;
  // The number of requests, and the latest that was answered.
  #requests = 0;
  #answered = 0;

  // The handlers of Connection without `poll`, and onResponses(state): the answer and the hand that the server knows.
  constructor(root, handlers) {
    super(root.dataset.socket, { ...handlers, poll: () => this.#poll() });
    this.#url = root.dataset.attendanceUrl;
    this.#handlers = handlers;
  }

  open() {
    this.#hasLeft = false;
    super.open();
  }

  send(message) {
    if (message.type === "leave") this.#hasLeft = true;
    if (!this.isPolling) super.send(message);
    else if (BODIES[message.type]) this.#post(BODIES[message.type](message));
  }

  // Only the first poll brings back a student who left, not one that is in progress while they leave.
  #poll() {
    return this.#post(this.isPolling ? {} : { joins: true });
  }

  async #post(body) {
    this.#requests += 1;
    const request = this.#requests;
    try {
      const responses = await send("POST", this.#url, body);
      if (this.#hasLeft && body.joins) this.#post(BODIES.leave()); // the student left before this request joined
      // A later request or the socket may overtake it, and then it knows nothing of what the student has done since.
      const isLatest = this.needsPolls && request > this.#answered;
      if (!this.#hasLeft && isLatest) this.#handlers.onResponses(responses);
      this.#answered = Math.max(request, this.#answered);
      return true;
    } catch (error) {
      const code = FINAL_STATUSES[error.status];
      if (code && this.needsPolls) this.#handlers.onFinal(code);
      return false;
    }
  }
}
