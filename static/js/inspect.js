// The inspect page: connects its parts.

import { Compare } from "./compare.js";
import { copy, keepCopies } from "./copy.js";
import { Detail } from "./detail.js";
import { keepJson } from "./json.js";
import { keepKeys } from "./keys.js";
import { Live } from "./live.js";
import { closeMenu, keepMenus } from "./menu.js";
import { keepParts } from "./parts.js";
import { keepPreference, prefers } from "./preferences.js";
import { Rows } from "./rows.js";
import { Stalled } from "./stalled.js";
import { keepStart } from "./start.js";
import { keepTimes, showTimes } from "./time.js";
import { Unread } from "./unread.js";

const STATES = { live: "Live", reconnecting: "Reconnecting", paused: "Paused", gone: "Gone" };

const { endpoint, title } = document.body.dataset;
const newest = Number(document.getElementById("list").dataset.newest);
const unread = new Unread(endpoint, newest, title);
const compare = new Compare(endpoint);
const rows = new Rows(endpoint, { unread });
const detail = new Detail(endpoint, opened);
const stalled = new Stalled();
// Seq of the latest attempt of the delivery that is open.
let latest;
let newestShown = rows.newestShown;
const button = document.getElementById("live");
const live = new Live(endpoint, rows, { onNews, onState });

function opened() {
  latest = rows.latest(detail.group);
  for (const seq of detail.attempts) unread.open(seq);
  rows.mark(detail.group);
  compare.show(detail.seq);
  unread.count(rows.newest);
  tellNew();
}

// On a narrow screen the list is out of sight: its link says how many deliveries are unread, or that none will follow.
function tellNew() {
  const count = unread.number(rows.newest);
  const gone = button.dataset.state === "gone";
  for (const place of document.querySelectorAll(".back-new")) {
    place.hidden = count === 0 && !gone;
    place.textContent = gone ? STATES.gone : `${count} unread`;
  }
}

// The first delivery replaces the waiting page. Later ones do not change what the reader has open, unless the reader prefers so.
function onNews() {
  stalled.end();
  tellNew();
  compare.show(detail.seq);
  // A further attempt of the open delivery changes what its page says about it.
  if (rows.latest(detail.group) !== latest) detail.refresh();
  const before = newestShown;
  newestShown = rows.newestShown;
  const isFirst = document.querySelector('.waiting[data-waits="true"]');
  if (newestShown === before || !(isFirst || prefers("newest"))) return;
  rows.showWaiting();
  detail.openRow(rows.end(0), { asked: false });
}

function onState(state, missed) {
  const changed = button.dataset.state !== state;
  button.dataset.state = state;
  button.textContent = missed > 0 ? `${STATES[state]}, ${missed} new` : STATES[state];
  if (!changed) return;
  if (state === "live") detail.retry();
  if (state === "gone") {
    document.getElementById("gone").hidden = false;
    tellNew();
  }
  document.getElementById("announcement").textContent = STATES[state];
}

function togglePause() {
  if (live.paused) live.start();
  else live.pause();
}

// Opens the delivery of a row, and moves the focus there, so that Tab continues from it.
function choose(link) {
  if (!link) return;
  rows.choose(link);
  link.focus({ preventScroll: true });
  detail.openRow(link);
}

// Arrow keys scroll the delivery while the focus is in it.
function arrow(by) {
  if (document.activeElement.closest("#detail")) return false;
  choose(rows.neighbour(by));
}

// Closes the menu, or goes back to the list: on a narrow screen, that is another screen.
function back() {
  if (closeMenu()) return;
  const link = document.querySelector(".back");
  if (link?.offsetParent) return link.click();
  rows.selectedLink()?.focus();
}

function click(css) {
  document.querySelector(css)?.click();
}

function share() {
  const settings = document.querySelector('.bar-nav a[href$="/settings"]');
  if (settings) location.assign(`${settings.href}#share`);
}

function filterFailed() {
  const filter = document.querySelector(".filter-failed");
  click(filter?.matches("[aria-current]") ? ".filter:not(.filter-failed)" : ".filter-failed");
}

keepCopies();
keepMenus();
keepJson();
keepParts();
keepTimes();
keepStart();
keepPreference("newest", document.getElementById("follow-newest"));
keepPreference("utc", document.getElementById("times-in-utc"), () => showTimes());
keepKeys([
  { keys: ["j"], shown: ["j", "k", "↓", "↑"], text: "next, previous delivery", run: () => choose(rows.neighbour(1)) },
  { keys: ["k"], run: () => choose(rows.neighbour(-1)) },
  { keys: ["ArrowDown"], run: () => arrow(1) },
  { keys: ["ArrowUp"], run: () => arrow(-1) },
  { keys: ["g"], shown: ["g", "G"], text: "newest, oldest delivery of the list", run: () => choose(rows.end(0)) },
  { keys: ["G"], run: () => choose(rows.end(-1)) },
  { keys: ["u"], shown: ["u"], text: "next unread delivery", run: () => choose(rows.nextUnread()) },
  { keys: ["f"], shown: ["f"], text: "only failed runs, or all", run: filterFailed },
  { keys: ["Enter"], shown: ["Enter"], text: "from the list into the delivery", run: () => false },
  { keys: ["Escape"], shown: ["Esc"], text: "close; back to the list", run: back },
  { keys: ["o", "v", "b", "h"], shown: ["o", "v", "b", "h"], text: "Overview, Conversation, Body, Request", run: (key) => click(`.tabs [data-letter="${key}"]`) },
  { keys: ["1", "2", "3", "4", "5"], shown: ["1", "…", "5"], text: "tabs, from the left", run: (key) => click(`.tabs [data-tab="${key}"]`) },
  { keys: ["e", "p"], shown: ["e", "p"], text: "in JSON: fold the line, copy its path", run: () => false },
  { keys: ["c"], shown: ["c"], text: "copy the capture URL", run: () => { copy(document.getElementById("copy-url")); } },
  { keys: ["y"], shown: ["y"], text: "copy the delivery as a curl command", run: () => click('#menu-copy [data-copy-href$="/copy/curl"]') },
  { keys: ["x"], shown: ["x"], text: "mark the delivery to compare with", run: () => { if (detail.seq) compare.toggle(detail.seq); } },
  { keys: ["d"], shown: ["d"], text: "compare with the marked or previous delivery", run: () => { if (detail.seq) compare.open(detail.seq); } },
  { keys: ["n"], shown: ["n"], text: "show new deliveries", run: () => rows.showWaiting() },
  { keys: ["l"], shown: ["l"], text: "pause or resume live updates", run: togglePause },
  { keys: ["s"], shown: ["s"], text: "share", run: share },
]);

button.hidden = false;
button.addEventListener("click", togglePause);
if (detail.seq) {
  opened();
  rows.reveal(detail.group);
}
unread.count(rows.newest);
live.start();
