// Keeps "3 s ago" current while the page is open, and shows exact times in local time unless UTC is preferred. src/web/render/format.rs
// renders the same formats.

import { prefers } from "./preferences.js";

const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
const DAYS_MAX = 30;

function ago(then, now) {
  const seconds = Math.floor((now - then) / 1000);
  if (seconds < 2) return "now";
  if (seconds >= DAYS_MAX * 86400) return then.toISOString().slice(0, 10);
  const [size, unit] = UNITS.find(([size]) => seconds >= size);
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

// `UTC+5:30`
function zone(date) {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const past = rest ? `:${String(rest).padStart(2, "0")}` : "";
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${past}`;
}

// `2026-11-21 21:49:08.385645 UTC`: a Date has no microseconds, so they stay as they came.
function exact(iso) {
  const date = new Date(iso);
  const fraction = iso.slice(19, -1);
  if (prefers("utc")) return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction} UTC`;
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)}${fraction} ${zone(date)}`;
}

function show(element, now) {
  const iso = element.dateTime;
  const isExact = element.classList.contains("exact");
  const text = isExact ? exact(iso) : ago(new Date(iso), now);
  const shown = "short" in element.dataset ? text.replace(" ago", "") : text;
  if (element.textContent !== shown) element.textContent = shown;
  if (!isExact) element.title = exact(iso);
}

export function showTimes(root = document) {
  const now = Date.now();
  for (const element of root.querySelectorAll("time[datetime]")) show(element, now);
}

export function keepTimes() {
  showTimes();
  setInterval(() => { if (!document.hidden) showTimes(); }, 1000);
  document.addEventListener("visibilitychange", () => showTimes());
  // What is inserted later shows the same zone from the start.
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node instanceof Element) showTimes(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
}
