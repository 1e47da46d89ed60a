// What every page does.

import { keepCopies } from "./copy.js";
import { keepTimes } from "./time.js";

keepCopies();
keepTimes();
