// The panel that starts runs: its links change it in place. Without JavaScript they load the page.

import { showCopies } from "./copy.js";

const linksOf = (panel) => [...panel.querySelectorAll(".start-links a")];

async function change(link) {
  const old = document.getElementById("start");
  const place = linksOf(old).indexOf(link);
  const response = await fetch(link.href, { headers: { "X-Fragment": "start" } });
  if (!response.ok) return location.assign(link.href);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const panel = page.getElementById("start");
  for (const [index, details] of [...old.querySelectorAll("details")].entries()) {
    const successor = panel.querySelectorAll("details")[index];
    if (successor) successor.open = details.open;
  }
  old.replaceWith(panel);
  showCopies(panel);
  history.replaceState(null, "", link.href);
  // The clicked link was replaced with the old panel; its new version gets the focus.
  linksOf(panel)[place]?.focus({ preventScroll: true });
}

export function keepStart() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".start-links a");
    const other = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!link || other) return;
    event.preventDefault();
    change(link).catch(() => location.assign(link.href));
  });
}
