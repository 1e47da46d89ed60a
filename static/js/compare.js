// Marks a delivery in the list as A, to compare the next one with it. Without this script, the Compare menu does the same.

import { base } from "./base.js";

const KEY = "creel.compare.";

export class Compare {
  #endpoint;
  #a;

  constructor(endpoint) {
    this.#endpoint = endpoint;
    this.#a = this.#kept();
  }

  // Marks it, or removes its mark.
  toggle(seq) {
    this.#a = this.#a === seq ? null : seq;
    try {
      sessionStorage.setItem(KEY + this.#endpoint, this.#a ?? "");
    } catch { /* See below. */ }
    this.show(seq);
  }

  // If the storage is forbidden, the mark lasts as long as the page.
  #kept() {
    try {
      return Number(sessionStorage.getItem(KEY + this.#endpoint)) || null;
    } catch {
      return null;
    }
  }

  // Shows the mark in the list, and in the menu of the delivery that is open.
  show(seq) {
    for (const row of document.querySelectorAll(".row")) {
      row.classList.toggle("chosen-a", Number(row.dataset.seq) === this.#a);
    }
    const note = document.getElementById("mark-note");
    note.hidden = !this.#a;
    note.textContent = `#${this.#a} is marked. Press d on another delivery to compare, x to remove the mark.`;
    const items = document.querySelector("#menu-compare .menu-items");
    items?.querySelector(".with-a")?.remove();
    if (!items || !this.#a || this.#a === seq) return;
    const [item, link] = [document.createElement("li"), document.createElement("a")];
    item.className = "with-a";
    link.href = this.#url(this.#a, seq);
    link.textContent = `With the marked delivery, #${this.#a}`;
    item.append(link);
    items.prepend(item);
  }

  // Opens the comparison with the marked delivery, or with the one before.
  open(seq) {
    const a = this.#a && this.#a !== seq ? this.#a : "before";
    // The mark is not needed any more.
    if (this.#a) this.toggle(this.#a);
    location.assign(this.#url(a, seq));
  }

  #url(a, b) {
    return `${base}/inspect/${this.#endpoint}/compare?a=${a}&b=${b}`;
  }
}
