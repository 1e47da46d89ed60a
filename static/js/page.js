// The script of every page.

import { keepCopies } from "./copy.js";
import { keepTimes } from "./time.js";

keepCopies();
keepTimes();
