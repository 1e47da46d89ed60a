// One event stream for all visible pages of an endpoint in this browser, because browsers allow six connections per host. The page that
// holds the endpoint's lock has the stream and tells the others. At most two streams are open: pages of a third endpoint ask now and then.
// Web Locks need https or loopback; elsewhere each visible page opens its own stream.

import { base } from "./base.js";

const SLOTS = 2;
const POLL_MS = 3000;

const isLocked = (name) => new Promise((resolve) => {
  navigator.locks.request(name, { ifAvailable: true }, (lock) => resolve(lock === null));
});

export class Stream extends EventTarget {
  #endpoint;
  #channel;
  #source = null;
  // What was heard last: "open" or "error".
  #state = null;
  // Aborted when the stream is closed.
  #session = null;

  constructor(endpoint) {
    super();
    this.#endpoint = endpoint;
    this.#channel = new BroadcastChannel(`creel.stream.${endpoint}`);
    this.#channel.addEventListener("message", ({ data }) => this.#hear(data));
  }

  // Whether this page has a stream, its own or that of another page.
  get isOpen() {
    return this.#session !== null;
  }

  // Opens the stream after a seq. Emits "open", "news", "error" and, where the browser gives up, "end".
  open(after) {
    this.close();
    const session = this.#session = new AbortController();
    if (!navigator.locks) return this.#connect(after, session);
    const name = `creel.stream.${this.#endpoint}`;
    const lead = () => this.#lead(after, session);
    navigator.locks.request(name, { signal: session.signal }, lead).catch(ignoreAbort);
    isLocked(name).then((other) => { if (other && this.#session === session) this.#channel.postMessage("ask"); });
  }

  close() {
    this.#session?.abort();
    this.#session = null;
    this.#source?.close();
    this.#source = null;
    this.#state = null;
  }

  // Holds the endpoint's lock, and one of those for streams, until the stream is closed. While both of these are taken, it asks now and then.
  async #lead(after, session) {
    const timer = setInterval(() => { if (!this.#source) this.#tell("news"); }, POLL_MS);
    this.#tell("open");
    await this.#inSlot(session, () => {
      clearInterval(timer);
      this.#connect(after, session);
      return aborted(session.signal);
    });
    clearInterval(timer);
  }

  async #inSlot(session, run) {
    for (let slot = 0; slot < SLOTS; slot += 1) {
      const name = `creel.slot.${slot}`;
      const isLast = slot === SLOTS - 1;
      const options = isLast ? { signal: session.signal } : { ifAvailable: true };
      const ran = await navigator.locks.request(name, options, (lock) => lock && run().then(() => true)).catch(ignoreAbort);
      if (ran || session.signal.aborted) return;
    }
  }

  #connect(after, session) {
    if (session.signal.aborted) return;
    const source = this.#source = new EventSource(`${base}/api/v1/endpoints/${this.#endpoint}/events?after=${after}`);
    source.addEventListener("open", () => this.#tell("open"));
    for (const name of ["delivery", "gap"]) source.addEventListener(name, () => this.#tell("news"));
    source.addEventListener("error", () => {
      if (source !== this.#source) return;
      this.#tell("error");
      // Otherwise the browser connects again by itself, with the id of the last event.
      if (source.readyState === EventSource.CLOSED) this.#tell("end");
    });
  }

  // Tells this page and the others.
  #tell(what) {
    if (what !== "news") this.#state = what;
    this.#channel.postMessage(what);
    this.dispatchEvent(new Event(what));
  }

  // What the page with the stream says; or the question of another page, if this is the page with the stream.
  #hear(what) {
    if (!this.isOpen) return;
    if (what === "ask") {
      if (this.#state) this.#channel.postMessage(this.#state === "open" ? "open" : "error");
    } else {
      this.dispatchEvent(new Event(what));
    }
  }
}

function aborted(signal) {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => { signal.addEventListener("abort", () => resolve()); });
}

function ignoreAbort(error) {
  if (error.name !== "AbortError") throw error;
}
