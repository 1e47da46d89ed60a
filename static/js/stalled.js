// If nothing arrives for a while, the waiting page links to the causes. The server sets the time.

export class Stalled {
  #timer = null;

  constructor() {
    const box = document.getElementById("stalled");
    if (box) this.#timer = setTimeout(() => this.#show(true), Number(box.dataset.afterMs));
  }

  // Something arrived.
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
