// Copy buttons: `data-copy` has the text, or `data-copy-from` the id of the element that shows it. They are hidden without JavaScript.

const SHOWN_MS = 1500;

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

export async function copy(button) {
  const from = button.dataset.copyFrom;
  const text = from ? document.getElementById(from).textContent : button.dataset.copy;
  const label = button.dataset.label ??= button.textContent;
  try {
    await write(text);
    button.textContent = "Copied";
    button.dataset.copied = "";
  } catch {
    button.textContent = "Not copied";
  }
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    button.textContent = label;
    delete button.dataset.copied;
  }, SHOWN_MS);
}

// Shows the buttons in a part of the page that was just inserted.
export function showCopies(root) {
  for (const button of root.querySelectorAll("[data-copy], [data-copy-from]")) button.hidden = false;
}

export function keepCopies() {
  showCopies(document);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-copy], button[data-copy-from]");
    if (button) copy(button);
  });
}
