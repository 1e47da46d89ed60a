// The inspect page: connects its parts.

import { copy, keepCopies } from "./copy.js";
import { keepKeys } from "./keys.js";
import { Live } from "./live.js";
import { Detail } from "./detail.js";
import { keepParts } from "./parts.js";
import { Rows } from "./rows.js";
import { Stalled } from "./stalled.js";
import { keepStart } from "./start.js";
import { keepTimes } from "./time.js";
import { Unread } from "./unread.js";

const STATES = { live: "Live", reconnecting: "Reconnecting", paused: "Paused", gone: "Gone" };

const { endpoint, title } = document.body.dataset;
const newest = Number(document.getElementById("list").dataset.newest);
const unread = new Unread(endpoint, newest, title);
const rows = new Rows(endpoint, { unread });
const detail = new Detail(endpoint, opened);
const stalled = new Stalled();
const button = document.getElementById("live");
const live = new Live(endpoint, rows, { onNews, onState });

function opened() {
  for (const seq of detail.attempts) unread.open(seq);
  rows.mark(detail.group);
  unread.count(rows.newest);
}

// The first delivery replaces the waiting page; later ones do not change what the reader has open.
function onNews() {
  stalled.end();
  if (document.querySelector('.waiting[data-waits="true"]')) {
    const first = rows.neighbour(0);
    if (first) detail.openRow(first, { asked: false });
  }
}

function onState(state, missed) {
  const changed = button.dataset.state !== state;
  button.dataset.state = state;
  button.textContent = missed > 0 ? `${STATES[state]}, ${missed} new` : STATES[state];
  if (!changed) return;
  if (state === "live") detail.retry();
  if (state === "gone") document.getElementById("gone").hidden = false;
  document.getElementById("live-announcement").textContent = STATES[state];
}

function togglePause() {
  if (live.paused) live.start();
  else live.pause();
}

function step(by) {
  const link = rows.neighbour(by);
  if (!link) return;
  rows.choose(link);
  detail.openRow(link);
}

// On a narrow screen list and delivery are two screens.
function back() {
  const link = document.querySelector(".back a");
  if (link?.offsetParent) link.click();
}

function openTab(key) {
  document.querySelector(`.tabs [data-tab="${key}"]`)?.click();
}

const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => [digit, () => openTab(digit)]);
function compareWith() {
  const box = document.querySelector(".compare-with");
  if (!box) return;
  box.open = true;
  box.querySelector("a, input").focus();
}

keepCopies();
keepParts();
keepTimes();
keepStart();
keepKeys({
  j: () => step(1),
  k: () => step(-1),
  d: compareWith,
  c: () => copy(document.getElementById("copy-url")),
  l: togglePause,
  n: () => rows.showWaiting(),
  Escape: back,
  ...Object.fromEntries(digits),
});

button.hidden = false;
button.addEventListener("click", togglePause);
if (detail.seq) {
  opened();
  rows.reveal(detail.group);
}
unread.count(rows.newest);
live.start();
