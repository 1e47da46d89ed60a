// The script of every page.

import { keepCopies } from "./copy.js";
import { closeMenu, keepMenus } from "./menu.js";
import { keepTimes } from "./time.js";

keepCopies();
keepMenus();
keepTimes();

// From a page about an endpoint back to where one came from.
document.addEventListener("keydown", (event) => {
  const back = document.querySelector(".bar-back");
  if (event.key !== "Escape" || !back || event.defaultPrevented || closeMenu()) return;
  if (event.target.closest("input, textarea, select")) return;
  if (document.referrer.startsWith(back.href)) history.back();
  else back.click();
});
