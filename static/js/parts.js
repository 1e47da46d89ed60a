// Parts of a state that the server leaves out of a page until they are asked for. A link to one is replaced by what it leads to; without
// this script it leads to a page of its own.

const detail = document.getElementById("detail");

async function fetchPart(link) {
  const response = await fetch(link.href, { headers: { "X-Fragment": "part" } });
  if (!response.ok) throw new Error("no part");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return [...page.body.childNodes];
}

// What comes before stays out of sight, so that what is being read stays where it is.
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
    // The link is gone, and the keyboard goes on where it stood.
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
  // What is folded and not here yet comes when it is unfolded.
  document.addEventListener("toggle", (event) => {
    const lazy = event.target.closest("details[data-lazy]");
    const link = lazy?.open && lazy.querySelector("a[data-part]");
    if (!link) return;
    delete lazy.dataset.lazy;
    open(link);
  }, { capture: true });
}
