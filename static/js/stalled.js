// When nothing has come for a while, the page that waits points to the reasons. The server says how long that is.

export class Stalled {
  #timer = null;

  constructor() {
    const box = document.getElementById("stalled");
    if (box) this.#timer = setTimeout(() => this.#show(true), Number(box.dataset.afterMs));
  }

  // Something came.
  end() {
    clearTimeout(this.#timer);
    this.#show(false);
  }

  #show(stalled) {
    const note = document.querySelector("#stalled p");
    if (!note) return;
    note.hidden = !stalled;
    document.getElementById("causes").open = stalled;
  }
}
