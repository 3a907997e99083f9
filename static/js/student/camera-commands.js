// Sends the camera's commands, and tells the server's answers from its own decisions. An answer to a pause may arrive
// after the student has started the camera again, and must not stop it.
export class CameraCommands {
  #socket;
  #unanswered = 0;

  constructor(socket) {
    this.#socket = socket;
  }

  // Without a connection, nothing is sent and no answer follows.
  send(type) {
    if (this.#socket.isOpen) this.#unanswered += 1;
    this.#socket.send({ type });
  }

  // Returns whether a message about the camera's state answers a command.
  takeAnswer() {
    const isDue = this.#unanswered > 0;
    if (isDue) this.#unanswered -= 1;
    return isDue;
  }

  // A new connection answers no command of the one before.
  reset() {
    this.#unanswered = 0;
  }
}
