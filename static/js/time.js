// Keeps "3 s ago" current while the page is open. src/web/render/format.rs renders the same format.

const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
const DAYS_MAX = 30;

function ago(then, now) {
  const seconds = Math.floor((now - then) / 1000);
  if (seconds < 2) return "now";
  if (seconds >= DAYS_MAX * 86400) return then.toISOString().slice(0, 10);
  const [size, unit] = UNITS.find(([size]) => seconds >= size);
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

function refresh() {
  const now = Date.now();
  for (const element of document.querySelectorAll("time[datetime]")) {
    const shown = ago(new Date(element.dateTime), now);
    const text = "short" in element.dataset ? shown.replace(" ago", "") : shown;
    if (element.textContent !== text) element.textContent = text;
  }
}

export function keepTimes() {
  setInterval(() => { if (!document.hidden) refresh(); }, 1000);
  document.addEventListener("visibilitychange", refresh);
}
