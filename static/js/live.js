// The stream is only a notification: after an event, the new rows are fetched. So a missed event, a lost connection and a slow browser are
// handled in the same way. After a response other than 200, a browser gives up on a stream; then a new one is opened, at growing intervals.

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 8000;
// A hidden page closes its connection, because browsers allow six per host, and polls to keep its count correct.
const HIDDEN_MS = 60_000;

export class Live {
  #url;
  #rows;
  #onNews;
  #onState;
  #source = null;
  #timer = null;
  #hiddenTimer = null;
  #retryMs = RETRY_MS_MIN;
  #fetching = false;
  #rang = false;
  // Number of deliveries during the pause.
  #missed = 0;
  #ended = false;
  paused = false;

  constructor(endpoint, rows, { onNews, onState }) {
    this.#url = `/api/v1/endpoints/${endpoint}/events`;
    this.#rows = rows;
    this.#onNews = onNews;
    this.#onState = onState;
    document.addEventListener("visibilitychange", () => this.#visibility());
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", (event) => { if (event.persisted && !this.paused) this.#open(); });
    addEventListener("online", () => { if (!this.paused) this.#open(); });
  }

  start() {
    this.paused = false;
    this.#retryMs = RETRY_MS_MIN;
    this.#open();
  }

  // The stream continues, and deliveries are only counted.
  pause() {
    this.paused = true;
    clearTimeout(this.#timer);
    this.#missed = 0;
    this.#onState("paused", 0);
  }

  #open() {
    this.#close();
    this.#missed = 0;
    this.#setState("reconnecting");
    const source = new EventSource(`${this.#url}?after=${this.#rows.newest}`);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#retryMs = RETRY_MS_MIN;
      this.#setState("live");
    });
    source.addEventListener("delivery", () => this.#hear());
    source.addEventListener("gap", () => this.#hear());
    source.addEventListener("error", () => {
      this.#setState("reconnecting");
      // Otherwise the browser reconnects itself, with the id of the last event.
      if (source.readyState === EventSource.CLOSED && source === this.#source) this.#retry();
    });
  }

  #hear() {
    if (!this.paused) return this.#ring();
    this.#missed += 1;
    this.#setState("paused");
  }

  // While paused, only this state is shown.
  #setState(state) {
    this.#onState(this.paused ? "paused" : state, this.#missed);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  // Rows first: they show whether the endpoint still exists, and the reader wants them.
  #retry() {
    this.#close();
    this.#setState("reconnecting");
    if (this.paused) return;
    const jitter = 0.75 + Math.random() / 2;
    this.#timer = setTimeout(async () => {
      // The user may have paused or resumed it while the rows were fetched.
      if (await this.#ring() && !this.paused && !this.#source) this.#open();
    }, this.#retryMs * jitter);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX);
  }

  // Several notifications during a fetch cause one more fetch afterwards. Returns whether the rows are loaded or being fetched.
  async #ring() {
    this.#rang = true;
    if (this.#fetching) return true;
    this.#fetching = true;
    try {
      while (this.#rang) {
        this.#rang = false;
        if (await this.#rows.catchUp() > 0) this.#onNews();
      }
      return true;
    } catch (error) {
      if (error.status === 404) this.#end();
      else if (!this.paused && !document.hidden) this.#retry();
      return false;
    } finally {
      this.#fetching = false;
    }
  }

  // The endpoint was deleted, or access was revoked.
  #end() {
    this.#ended = true;
    this.paused = true;
    this.#close();
    this.#onState("gone", 0);
  }

  #visibility() {
    clearInterval(this.#hiddenTimer);
    if (this.#ended) return;
    if (document.hidden && this.paused) this.#close();
    else if (document.hidden) this.#hiddenTimer = setInterval(() => this.#askOnce(), HIDDEN_MS);
    else if (!this.#source) this.#open();
  }

  #askOnce() {
    this.#close();
    this.#ring();
  }
}
