// The script of every page.

import { keepCopies } from "./copy.js";
import { keepMenus } from "./menu.js";
import { keepTimes } from "./time.js";

keepCopies();
keepMenus();
keepTimes();
