// A student's responses with a socket that keeps what they send.
import { freezeTime } from "../page.js";

import { Responses } from "../../../static/js/student/responses.js";

export const NOW = 1_700_000_000;
export const NOTHING = {
  answer: null,
  until: null,
  askedAt: null,
  isHandUp: false,
  wasLowered: false,
  isAnswerPending: false,
  isHandPending: false,
  isConnected: true,
};
export const WELCOME = { said: null, hand_up: false, now: NOW, asked_at: null };

export function attend(t, welcome = WELCOME) {
  const advance = freezeTime(t, NOW);
  const sent = [];
  const shown = [];
  const responses = new Responses({ send: (message) => sent.push(message) }, (state) => shown.push(state));
  if (welcome) responses.welcome(welcome);
  return { responses, sent, advance, state: () => shown.at(-1), takeSent: () => sent.splice(0) };
}

// The server's confirmation of an answer.
export const given = (answer, at) => ({ answer, at, holds_until: at + 180 });
