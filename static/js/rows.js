// The list. Each seq is in it once, newest first. The server renders the rows. Nothing moves while it is being read: if the list is not
// scrolled to its top, new rows wait behind a button.

import { base } from "./base.js";
import { fetchRows, groupOf, seqOf } from "./fragment.js";

const TOP_PX = 8;
const ROWS_MAX = 1000;
// Only so many rows at once are animated as they arrive.
const ANIMATED_MAX = 5;

export class Rows {
  #list = document.getElementById("list");
  #rows = document.getElementById("rows");
  #banner = document.getElementById("new-rows");
  #older = document.getElementById("older");
  #path;
  #waiting = [];
  // Number of rows that the filter hid when the page was opened.
  #hiddenBefore = this.#hidden();
  // Kept, because to ask for it lays out the whole list.
  #atTop = true;
  #isHead = this.#list.dataset.head === "true";

  constructor(endpoint, { unread }) {
    this.#path = `${base}/inspect/${endpoint}`;
    this.unread = unread;
    this.newest = Number(this.#list.dataset.newest);
    this.#banner.addEventListener("click", (event) => {
      if (!this.#isHead) return;
      event.preventDefault();
      this.showWaiting();
    });
    this.#older.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.#appendOlder();
    });
    this.#list.addEventListener("click", (event) => this.#keepSelection(event.target.closest(".filter")));
    this.#list.addEventListener("scroll", () => this.#scrolled());
    this.#scrolled();
    this.mark();
  }

  // Seq of the newest delivery that the filter shows; undefined in a list that begins with an older one.
  get newestShown() {
    const first = this.#waiting[0] ?? this.#rows.firstElementChild;
    return this.#isHead && first ? seqOf(first) : undefined;
  }

  // Fetches everything after the newest row, page by page. Returns the number of new rows.
  async catchUp() {
    const before = this.newest;
    for (let more = true; more;) {
      const found = await fetchRows(this.#url({ after: this.newest }));
      more = found.more;
      this.#take(found);
    }
    this.#banner.hidden = this.#isHead && this.#waiting.length === 0;
    this.unread.count(this.newest);
    return this.newest - before;
  }

  // The delivery that is open next to the list stays open when the filter changes.
  #keepSelection(filter) {
    const here = new URL(location.href);
    if (!filter || here.pathname === this.#path || matchMedia("(max-width: 52rem)").matches) return;
    const url = new URL(filter.href);
    url.pathname = here.pathname;
    for (const name of ["tab", "view"]) {
      if (here.searchParams.has(name)) url.searchParams.set(name, here.searchParams.get(name));
    }
    filter.href = url;
  }

  // The URL of rows: those that the filter of this page shows.
  #url(parameters) {
    const url = new URL(`${this.#path}/rows`, location.href);
    const show = new URL(location.href).searchParams.get("show");
    if (show) url.searchParams.set("show", show);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url;
  }

  #take({ rows, newest, filters }) {
    const fresh = rows.filter((row) => seqOf(row) > this.newest);
    if (newest <= this.newest) return;
    this.newest = newest;
    this.#showFilters(filters);
    if (fresh.length === 0) return;
    document.getElementById("list-empty")?.remove();
    // A list of older rows only shows that there are newer ones: its button leads to them.
    if (!this.#isHead) return;
    // A further attempt replaces the previous one.
    const groups = new Set(fresh.map(groupOf));
    this.#waiting = [...fresh, ...this.#waiting.filter((row) => !groups.has(groupOf(row)))];
    this.#banner.textContent = `${this.#waiting.length} new`;
    if (this.#atTop) this.showWaiting({ scroll: false });
  }

  // A filter hides deliveries that arrive: a note says how many, so that nobody waits for them in vain.
  #showFilters(filters) {
    const old = document.querySelector("#list .filters");
    const focused = old.contains(document.activeElement) ? document.activeElement.href : null;
    old.replaceWith(filters);
    [...filters.children].find(({ href }) => href === focused)?.focus({ preventScroll: true });
    const hidden = this.#hidden() - this.#hiddenBefore;
    const note = document.getElementById("filter-note");
    note.hidden = hidden <= 0;
    note.textContent = `${hidden} new hidden by this filter`;
  }

  // Number of rows that the filter hides: the first filter counts all, the selected one those that it shows.
  #hidden() {
    const count = (filter) => Number(document.querySelector(`#list ${filter} .filter-count`).textContent);
    return count(".filter") - count(".filter[aria-current]");
  }

  // Inserts the waiting rows at the top of the list.
  showWaiting({ scroll = true } = {}) {
    const rows = this.#waiting.splice(0);
    if (rows.length > 0) {
      const focused = document.activeElement.closest(".row");
      for (const row of rows) {
        if (rows.length <= ANIMATED_MAX) row.classList.add("arrived");
        this.#rowOf(groupOf(row))?.remove();
      }
      this.#rows.prepend(...rows);
      this.mark();
      // Its row was replaced with that of a further attempt, which gets the focus.
      if (focused && !focused.isConnected) this.#rowOf(groupOf(focused))?.querySelector("a").focus({ preventScroll: true });
      this.#trim();
    }
    if (this.#isHead) this.#banner.hidden = true;
    if (!scroll) return;
    this.#list.scrollTop = 0;
    this.#atTop = true;
  }

  // Limits a list that grows for days: its end is removed, and "Older" loads it again.
  #trim() {
    const extra = [...this.#rows.children].slice(ROWS_MAX);
    if (extra.length === 0 || !this.#atTop) return;
    for (const row of extra) row.remove();
    this.#aimOlder(true);
  }

  async #appendOlder() {
    const last = this.#rows.lastElementChild;
    let found;
    try {
      found = await fetchRows(this.#url({ before: seqOf(last) }));
    } catch {
      return location.assign(this.#older.href);
    }
    // Two concurrent requests: the second response repeats the first.
    if (last !== this.#rows.lastElementChild) return;
    this.#rows.append(...found.rows);
    this.#aimOlder(found.more);
    this.mark();
    found.rows[0]?.querySelector("a").focus();
  }

  // The link continues where this list ends.
  #aimOlder(more) {
    const url = new URL(this.#older.href);
    url.searchParams.set("before", seqOf(this.#rows.lastElementChild));
    this.#older.href = url;
    this.#older.hidden = !more;
  }

  // Marks the selected row, by its first attempt, and the unread rows.
  mark(selected = this.selected) {
    this.selected = selected;
    for (const row of this.#rows.children) {
      row.classList.toggle("unread", this.unread.has(seqOf(row)));
      const link = row.querySelector("a");
      if (groupOf(row) === selected) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  #rowOf(group) {
    return this.#rows.querySelector(`[data-group="${group}"]`);
  }

  reveal(group) {
    this.#rowOf(group)?.scrollIntoView({ block: "nearest" });
  }

  // Marks it as selected before the delivery is loaded.
  choose(link) {
    const group = groupOf(link.closest(".row"));
    this.mark(group);
    this.reveal(group);
  }

  // The link of the first row, or with -1 of the last.
  end(index) {
    return [...this.#rows.children].at(index)?.querySelector("a");
  }

  // Seq of the latest attempt of a delivery, if it is in the list.
  latest(group) {
    const row = this.#rowOf(group);
    return row ? seqOf(row) : undefined;
  }

  selectedLink() {
    return this.#rowOf(this.selected)?.querySelector("a");
  }

  // The link of the next unread row below the selected one, or else of the first.
  nextUnread() {
    const rows = [...this.#rows.children];
    const at = rows.findIndex((row) => groupOf(row) === this.selected);
    const order = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
    return order.find((row) => row.classList.contains("unread"))?.querySelector("a");
  }

  // The link `step` rows below (or above) the selected one; the first one if none is.
  neighbour(step) {
    const rows = [...this.#rows.children];
    const at = rows.findIndex((row) => groupOf(row) === this.selected);
    return (at < 0 ? rows[0] : rows[at + step])?.querySelector("a");
  }

  #scrolled() {
    this.#atTop = this.#list.scrollTop <= TOP_PX;
    if (this.#atTop) this.showWaiting({ scroll: false });
  }
}
