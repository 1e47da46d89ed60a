// The stream as a bell: an event says that there is something new, the rows are then fetched. So a missed event, a cut and a slow
// browser are one case. A browser gives a stream up after any answer but 200; here a new one is made, at growing intervals.

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 8000;
// A hidden page gives its connection back, since browsers have six for each host, and asks now and then to keep its count right.
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
  // How many came while it was paused.
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

  // The stream goes on, and what comes is only counted.
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
      // Otherwise the browser is at it itself, with the id of the last event.
      if (source.readyState === EventSource.CLOSED && source === this.#source) this.#retry();
    });
  }

  #hear() {
    if (!this.paused) return this.#ring();
    this.#missed += 1;
    this.#setState("paused");
  }

  // While it is paused nothing else is of interest.
  #setState(state) {
    this.#onState(this.paused ? "paused" : state, this.#missed);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  // First the rows: they tell whether the endpoint is still there, and are what the reader wants.
  #retry() {
    this.#close();
    this.#setState("reconnecting");
    if (this.paused) return;
    const jitter = 0.75 + Math.random() / 2;
    this.#timer = setTimeout(async () => {
      // Somebody may have paused or started it while the rows were on their way.
      if (await this.#ring() && !this.paused && !this.#source) this.#open();
    }, this.#retryMs * jitter);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX);
  }

  // Rings while rows are being fetched are one more fetch afterwards, not many. Answers whether the rows are here or on their way.
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

  // The endpoint was deleted, or the right to see it is gone.
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
