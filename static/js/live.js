// Live updates. The stream is only a notification: after it, the new rows are fetched. So a missed event, a lost connection and a slow
// browser are handled in the same way. After a response other than 200, a browser gives up on a stream; then a new one is opened, at growing
// intervals.

import { Stream } from "./stream.js";

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 8000;
// After this time a hidden page gives up its stream, and polls to keep its count correct.
const HIDDEN_MS = 60_000;
// While deliveries keep arriving, their rows are fetched in batches: each fetch lays out the list again.
const BATCH_MS = 200;

export class Live {
  #stream;
  #rows;
  #onNews;
  #onState;
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
    this.#stream = new Stream(endpoint);
    this.#rows = rows;
    this.#onNews = onNews;
    this.#onState = onState;
    this.#stream.addEventListener("open", () => {
      this.#retryMs = RETRY_MS_MIN;
      this.#setState("live");
    });
    this.#stream.addEventListener("news", () => this.#hear());
    this.#stream.addEventListener("error", () => this.#setState("reconnecting"));
    this.#stream.addEventListener("end", () => this.#retry());
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

  // What arrived before the stream of another page was joined is fetched once it is open.
  #open() {
    this.#close();
    this.#missed = 0;
    if (document.hidden) return this.#visibility();
    this.#setState("reconnecting");
    this.#stream.open(this.#rows.newest);
    this.#ring();
  }

  #hear() {
    if (!this.paused) return this.#ring();
    this.#missed += 1;
    this.#setState("paused");
  }

  // While paused, only this state is shown.
  #setState(state) {
    if (!this.#ended) this.#onState(this.paused ? "paused" : state, this.#missed);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#stream.close();
  }

  // Rows first: they show whether the endpoint still exists, and the reader wants them.
  #retry() {
    this.#close();
    this.#setState("reconnecting");
    if (this.paused || this.#ended) return;
    const jitter = 0.75 + Math.random() / 2;
    this.#timer = setTimeout(async () => {
      // The user may have paused or resumed it while the rows were fetched.
      if (await this.#ring() && !this.paused && !this.#stream.isOpen) this.#open();
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
        if (this.#rang) await new Promise((resolve) => setTimeout(resolve, BATCH_MS));
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
    // Where streams cannot be shared, many hidden pages would use up the connections.
    if (document.hidden && (this.paused || !navigator.locks)) this.#close();
    if (document.hidden && this.paused) return;
    if (document.hidden) this.#hiddenTimer = setInterval(() => this.#askOnce(), HIDDEN_MS);
    else if (!this.#stream.isOpen) this.#open();
  }

  #askOnce() {
    this.#close();
    this.#ring();
  }
}
