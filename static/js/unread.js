// The deliveries opened in this session. Those that existed when the session first saw the endpoint count as read.

export class Unread {
  #key;
  #state;
  #title;

  constructor(endpoint, newest, title) {
    this.#key = `creel.unread.${endpoint}`;
    this.#title = title;
    this.#state = this.#kept() ?? { baseline: newest, opened: [] };
    this.#save();
  }

  has(seq) {
    return seq > this.#state.baseline && !this.#state.opened.includes(seq);
  }

  open(seq) {
    if (!this.has(seq)) return;
    const { opened } = this.#state;
    opened.push(seq);
    // Deliveries opened without a gap after the baseline: move the baseline.
    while (opened.includes(this.#state.baseline + 1)) {
      this.#state.baseline += 1;
      opened.splice(opened.indexOf(this.#state.baseline), 1);
    }
    this.#save();
  }

  // How many are unread, up to the newest.
  number(newest) {
    return Math.max(0, newest - this.#state.baseline - this.#state.opened.length);
  }

  // "(3) agent · creel" in the title of the tab.
  count(newest, title = this.#title) {
    this.#title = title;
    const unread = this.number(newest);
    document.title = unread > 0 ? `(${unread}) ${title}` : title;
  }

  // If the storage is full, invalid or forbidden, only the unread marks are lost on a reload.
  #kept() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key));
    } catch {
      return null;
    }
  }

  #save() {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(this.#state));
    } catch { /* See above. */ }
  }
}
