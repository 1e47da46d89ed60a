// Parts of a state that are not on the page and are fetched on demand. The content replaces the link; without this script, the link opens a
// page.

const detail = document.getElementById("detail");

async function fetchPart(link) {
  const response = await fetch(link.href, { headers: { "X-Fragment": "part" } });
  if (!response.ok) throw new Error("no part");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return [...page.body.childNodes];
}

// Earlier content is inserted above the visible area, so that the reader's position does not change.
function replaceAbove(place, nodes) {
  const below = detail.scrollHeight - detail.scrollTop;
  place.replaceWith(...nodes);
  detail.scrollTop = detail.scrollHeight - below;
}

async function open(link) {
  if (link.ariaBusy) return;
  link.ariaBusy = "true";
  try {
    const nodes = await fetchPart(link);
    const hadFocus = document.activeElement === link;
    const place = link.closest("li.earlier") ?? (link.parentElement.matches("ul.tree > li") ? link.parentElement : link);
    const focus = place.matches(".earlier") ? nodes.at(-1) : nodes[0];
    if (place.matches(".earlier")) replaceAbove(place, nodes);
    else place.replaceWith(...nodes);
    // The link is gone; its replacement gets the focus.
    if (hadFocus && focus instanceof HTMLElement) {
      focus.tabIndex = -1;
      focus.focus({ preventScroll: true });
    }
  } catch {
    link.ariaBusy = null;
    link.dataset.failed = "";
  }
}

export function keepParts() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-part]");
    const other = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!link || other) return;
    event.preventDefault();
    open(link);
  });
  // Folded content that is not loaded is fetched when it is unfolded.
  document.addEventListener("toggle", (event) => {
    const lazy = event.target.closest("details[data-lazy]");
    const link = lazy?.open && lazy.querySelector("a[data-part]");
    if (!link) return;
    delete lazy.dataset.lazy;
    open(link);
  }, { capture: true });
}
