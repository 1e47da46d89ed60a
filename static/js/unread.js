// Which deliveries of this session were opened. What was there when the session first saw the endpoint counts as read.

export class Unread {
  #key;
  #state;
  #title;

  constructor(endpoint, newest, title) {
    this.#key = `creel.unread.${endpoint}`;
    this.#title = title;
    const kept = sessionStorage.getItem(this.#key);
    this.#state = kept ? JSON.parse(kept) : { baseline: newest, opened: [] };
    this.#save();
  }

  has(seq) {
    return seq > this.#state.baseline && !this.#state.opened.includes(seq);
  }

  open(seq) {
    if (!this.has(seq)) return;
    const { opened } = this.#state;
    opened.push(seq);
    // Opened without a hole from the baseline on: the baseline says it all.
    while (opened.includes(this.#state.baseline + 1)) {
      this.#state.baseline += 1;
      opened.splice(opened.indexOf(this.#state.baseline), 1);
    }
    this.#save();
  }

  // "(3) agent · creel" in the title of the tab.
  count(newest, title = this.#title) {
    this.#title = title;
    const unread = newest - this.#state.baseline - this.#state.opened.length;
    document.title = unread > 0 ? `(${unread}) ${title}` : title;
  }

  #save() {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(this.#state));
    } catch { /* A full or forbidden store costs the bold type only. */ }
  }
}
