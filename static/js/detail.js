// The right-hand pane: links to deliveries and tabs change it in place, and the URL with it. Every link also works without this script.

import { base } from "./base.js";
import { showCopies } from "./copy.js";

// A URL without its fragment.
function bare(url) {
  return url.href.split("#")[0];
}

// The delivery of a page, parsed.
async function fetchDetail(url, signal) {
  const response = await fetch(url, { headers: { "X-Fragment": "detail" }, signal });
  if (!response.ok) throw Object.assign(new Error("no delivery"), { status: response.status });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

export class Detail {
  #element = document.getElementById("detail");
  #shown = bare(location);
  #path;
  #onShow;
  #request = null;
  #wanted = null;

  constructor(endpoint, onShow) {
    this.#path = `${base}/inspect/${endpoint}/`;
    this.#onShow = onShow;
    document.addEventListener("click", (event) => this.#click(event));
    addEventListener("popstate", () => this.#restore());
  }

  get seq() {
    const seq = this.#element.querySelector(".delivery")?.dataset.delivery;
    return seq ? Number(seq) : undefined;
  }

  // Seq of its first attempt.
  get group() {
    return Number(this.#element.querySelector(".delivery")?.dataset.group);
  }

  // Seqs of all its attempts, oldest first.
  get attempts() {
    const seqs = this.#element.querySelector(".delivery")?.dataset.attempts;
    return seqs ? seqs.split(" ").map(Number) : [];
  }

  // Opens the delivery of a row, at the current tab. If the user did not ask for it, a missing delivery is ignored.
  openRow(link, { asked = true } = {}) {
    const url = new URL(link.href);
    const here = new URL(location.href);
    for (const name of ["tab", "view"]) {
      const value = this.seq && here.searchParams.get(name);
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    return this.open(url, { asked });
  }

  // Opens what could not be opened while creel was unreachable.
  retry() {
    if (this.#wanted) this.open(this.#wanted);
  }

  // Loads the open delivery again. While the reader is in it, only its attempts change.
  refresh() {
    if (!this.seq) return;
    const url = new URL(location.href);
    if (this.#isBeingRead()) this.#refreshAttempts(url);
    else this.open(url, { push: false, asked: false });
  }

  #isBeingRead() {
    const pane = this.#element;
    const moved = pane.scrollTop > 0 || pane.querySelector(".delivery-body details[open]");
    return moved || pane.contains(document.activeElement) || getSelection().toString() !== "";
  }

  async #refreshAttempts(url) {
    const { seq } = this;
    const page = await fetchDetail(url).catch(() => null);
    const [old, successor] = [this.#element, page].map((root) => root?.querySelector(".delivery"));
    if (!successor || this.seq !== seq) return;
    old.dataset.attempts = successor.dataset.attempts;
    const [before, after] = [old, successor].map((one) => one.querySelector(".attempts"));
    if (before && after) {
      const focused = before.contains(document.activeElement) ? document.activeElement.href : null;
      before.replaceWith(after);
      [...after.querySelectorAll("a")].find(({ href }) => href === focused)?.focus({ preventScroll: true });
    }
    this.#onShow();
  }

  // The page stays: leaving it now would lose the list, the scroll position and the stream.
  #wait(url) {
    this.#wanted = url;
    if (document.getElementById("away")) return;
    const note = document.createElement("p");
    note.id = "away";
    note.className = "note note-warning";
    note.setAttribute("role", "status");
    note.textContent = "Connection to creel lost. Your selection opens when the connection is back.";
    this.#element.prepend(note);
  }

  async open(url, { push = true, focus = false, asked = true } = {}) {
    this.#request?.abort();
    const request = this.#request = new AbortController();
    this.#element.setAttribute("aria-busy", "true");
    try {
      const page = await fetchDetail(url, request.signal);
      if (request.signal.aborted) return;
      const wasOpen = this.seq !== undefined;
      const other = this.seq !== Number(page.querySelector(".delivery")?.dataset.delivery);
      this.#element.replaceChildren(...page.body.childNodes);
      this.#wanted = null;
      showCopies(this.#element);
      this.#shown = bare(url);
      // What opens by itself adds no steps to the way back.
      if (push && asked) history.pushState(null, "", url);
      else if (push) history[wasOpen ? "replaceState" : "pushState"](null, "", url);
      document.body.dataset.screen = "detail";
      this.#scroll(url, other);
      if (focus) this.#element.focus({ preventScroll: true });
      this.#onShow();
    } catch (error) {
      if (error.name === "AbortError") return;
      // Access has ended: what is on the page is all that remains.
      if (error.status < 500 && !document.getElementById("gone").hidden) return;
      if (!(error.status < 500)) this.#wait(url);
      else if (asked) location.assign(url);
    } finally {
      if (this.#request === request) this.#element.removeAttribute("aria-busy");
    }
  }

  // Scrolls to the URL's fragment; otherwise to the top of the delivery, or of its tab if that was scrolled out of view.
  #scroll(url, other) {
    const place = url.hash && document.getElementById(url.hash.slice(1));
    const top = other ? 0 : this.#element.querySelector(".delivery-head")?.offsetHeight ?? 0;
    if (place) place.scrollIntoView();
    else this.#element.scrollTop = Math.min(this.#element.scrollTop, top);
  }

  #click(event) {
    const link = event.target.closest("a[href]");
    const other = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!link || other || event.defaultPrevented || link.matches("[download], [data-part], .filter")) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || !this.#isDelivery(url)) return;
    // The browser itself handles links within this page.
    if (url.hash && bare(url) === this.#shown) return;
    event.preventDefault();
    if (link.closest(".row")) this.#chooseRow(link, event);
    else this.open(url).then(() => this.#refocus(url));
  }

  // Enter on the row of the delivery that is open goes into the delivery.
  #chooseRow(link, event) {
    const byKey = event.detail === 0;
    if (byKey && Number(link.closest(".row").dataset.group) === this.group) this.#element.focus();
    else this.openRow(link);
  }

  // The clicked link was replaced with the old content; its new version gets the focus.
  #refocus(url) {
    const links = [...this.#element.querySelectorAll(".tabs a, .segments a, .crumbs a")];
    links.find((link) => link.href === url.href)?.focus({ preventScroll: true });
  }

  #isDelivery(url) {
    return url.pathname.startsWith(this.#path) && /^\d+$/.test(url.pathname.slice(this.#path.length));
  }

  #restore() {
    const url = new URL(location.href);
    if (bare(url) === this.#shown) return;
    if (this.#isDelivery(url)) this.open(url, { push: false });
    // Links within the page also end up here; then there is nothing to restore.
    else if (this.seq) location.reload();
  }
}
