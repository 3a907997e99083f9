// A student's way into the class and out of it, with a camera or without: joining, leaving and rejoining.
const LEAVE_TIMEOUT_MS = 1500;

export class Attendance {
  #view;
  #socket;
  #release;
  #leaving = null;

  // `release` frees what the page holds while the student is in class.
  constructor(view, socket, release = () => {}) {
    this.#view = view;
    this.#socket = socket;
    this.#release = release;
  }

  // Joins, and runs the actions of the page's buttons: leave, reload, rejoin and the given ones.
  join(root, actions = {}) {
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

  // `code`: the socket's close code, which tells why.
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
    // The server answers by closing with 1000. The page does not depend on it.
    this.#leaving = setTimeout(() => this.finish(1000), this.#socket.isOpen ? LEAVE_TIMEOUT_MS : 0);
  }

  #rejoin() {
    this.#view.showClass();
    this.#socket.open();
  }
}
