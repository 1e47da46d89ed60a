// Copy buttons, hidden without JavaScript. `data-copy` has the text, `data-copy-from` the id of the element that shows it, `data-copy-href`
// a path of creel that gives it, `data-copy-link` a path whose URL is copied.

const SHOWN_MS = 1500;
const BUTTONS = "button[data-copy], button[data-copy-from], button[data-copy-href], button[data-copy-link]";

async function write(text) {
  // The clipboard API exists only on https and loopback, but creel is often used over http in a local network.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("aria-hidden", "true");
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("the browser does not let this page copy");
}

async function textOf({ copy, copyFrom, copyHref, copyLink }) {
  if (copyFrom) return document.getElementById(copyFrom).textContent;
  if (copyLink) return new URL(copyLink, location.href).href;
  if (!copyHref) return copy;
  const response = await fetch(copyHref);
  if (!response.ok) throw new Error("no text");
  return response.text();
}

// Says so on the button, or on that of its menu, which closes; and to screen readers.
function tell(button, word) {
  const menu = button.closest(".menu");
  if (menu) menu.open = false;
  const place = menu?.querySelector("summary") ?? button;
  const label = place.dataset.label ??= place.textContent;
  place.textContent = word;
  place.toggleAttribute("data-copied", word === "Copied");
  const announcement = document.getElementById("announcement");
  if (announcement) announcement.textContent = word;
  clearTimeout(place.timer);
  place.timer = setTimeout(() => {
    place.textContent = label;
    place.removeAttribute("data-copied");
  }, SHOWN_MS);
}

async function copyOf(button, text) {
  try {
    await write(await text());
    tell(button, "Copied");
  } catch {
    tell(button, "Not copied");
  }
}

export function copy(button) {
  return copyOf(button, () => textOf(button.dataset));
}

// Copies a text that a script made, and says so on the button.
export function copyText(button, text) {
  return copyOf(button, () => text);
}

// Shows the buttons in a part of the page that was just inserted.
export function showCopies(root) {
  for (const button of root.querySelectorAll(BUTTONS)) button.hidden = false;
}

export function keepCopies() {
  showCopies(document);
  document.addEventListener("click", (event) => {
    const button = event.target.closest(BUTTONS);
    if (button) copy(button);
  });
}
