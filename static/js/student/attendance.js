// How a student comes into class and out of it, with a camera or without: she leaves, the class ends, she comes back.
const LEAVE_TIMEOUT_MS = 1500;

export class Attendance {
  #view;
  #socket;
  #release;
  #leaving = null;

  // release: lets go of what the page holds while she is in class
  constructor(view, socket, release = () => {}) {
    this.#view = view;
    this.#socket = socket;
    this.#release = release;
  }

  // Joins, and answers the page's buttons: those for the door, and the given ones.
  open(root, actions = {}) {
    const all = {
      ...actions,
      leave: () => this.#leave(),
      reload: () => location.reload(),
      rejoin: () => this.#rejoin(),
    };
    root.addEventListener("click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (action) all[action]();
    });
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
    this.#socket.open();
  }

  // code: why, as the socket's closing says it
  finish(code) {
    if (this.#view.isFinished) return;
    clearTimeout(this.#leaving);
    this.#release();
    this.#socket.close();
    this.#view.showFinished(code);
  }

  #leave() {
    this.#release();
    this.#socket.send({ type: "leave" });
    // The server closes with 1000; without an answer the page does not wait for it.
    this.#leaving = setTimeout(() => this.finish(1000), this.#socket.isOpen ? LEAVE_TIMEOUT_MS : 0);
  }

  #rejoin() {
    this.#view.showClass();
    this.#socket.open();
  }
}
