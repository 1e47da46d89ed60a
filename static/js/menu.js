// Menus: one is open at a time, a click elsewhere or Escape closes it, arrow keys move through it.

const openMenu = () => document.querySelector("details.menu[open]");

// Closes the open menu. Returns whether there was one.
export function closeMenu() {
  const menu = openMenu();
  if (!menu) return false;
  menu.open = false;
  menu.querySelector("summary").focus();
  return true;
}

function move(menu, by) {
  const items = [...menu.querySelectorAll(".menu-items :is(a, button, input)")].filter((item) => item.offsetParent);
  const at = items.indexOf(document.activeElement);
  const next = at < 0 && by < 0 ? -1 : (at + by) % items.length;
  items.at(next)?.focus();
}

export function keepMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      const chosen = event.target.closest(".menu-items :is(a, button)");
      if (!menu.contains(event.target) || chosen) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = openMenu();
    if (!menu?.contains(event.target)) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    move(menu, by);
  });
}
