// A student's way in and out of the class, with or without a camera: joining, leaving and rejoining.
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

  // Joins, and runs the page's button actions: leave, reload, rejoin and the given ones.
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

  // `code`: the socket's close code, which says why.
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
    // The server answers by closing with 1000, but the page does not depend on that.
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => this.finish(1000), this.#socket.isOpen ? LEAVE_TIMEOUT_MS : 0);
  }

  #rejoin() {
    this.#view.showClass();
    this.#socket.open();
  }
}
