// Indented JSON that folds. The line that is chosen shows its path, and both its path and its value can be copied. The server renders the
// lines; without this script they are plain text.

import { copyText } from "./copy.js";

// A larger text stays as it is: thousands of elements make a page slow.
const LINES_MAX = 5000;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

// The text of a line without its indentation and its comma.
const bare = (line) => line.querySelector(".json-text").textContent.trim().replace(/,$/, "");
const opens = (line) => /[{[]$/.test(bare(line));

// Lines of records that are not JSON look like JSON, too.
function parsed(text) {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

function step(line, position) {
  const key = line.querySelector(".json-text > .j-key");
  if (!key) return `[${position}]`;
  const name = parsed(key.textContent);
  return IDENTIFIER.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function lineOf(html) {
  const [line, text] = [document.createElement("span"), document.createElement("span")];
  line.className = "json-line";
  text.className = "json-text";
  text.innerHTML = html;
  line.append(text);
  return line;
}

// Gives each line its path and its last line, and a mark if it folds.
function prepare(lines) {
  const open = [];
  for (const [index, line] of lines.entries()) {
    const closes = /^[}\]]/.test(bare(line));
    if (closes) {
      const start = open.pop();
      if (start) start.line.last = index;
      line.path = start?.path ?? "";
    } else {
      const parent = open.at(-1);
      line.path = parent ? parent.path + step(line, parent.count++) : "";
    }
    line.index = index;
    line.last ??= index;
    if (!opens(line)) continue;
    open.push({ line, path: line.path, count: 0 });
    // Only for the mouse: the button above the lines folds, too, and is large enough for a finger.
    const mark = document.createElement("span");
    mark.className = "json-fold";
    mark.ariaHidden = "true";
    line.prepend(mark);
  }
}

class Json {
  #pre;
  #lines;
  #bar = document.createElement("div");
  #path = document.createElement("code");
  #foldButton;
  #chosen = null;

  constructor(pre) {
    this.#pre = pre;
    this.#lines = pre.innerHTML.split("\n").map(lineOf);
    pre.replaceChildren(...this.#lines);
    prepare(this.#lines);
    this.#bar.className = "json-bar";
    this.#bar.hidden = true;
    this.#foldButton = this.#button("Fold", () => this.fold(this.#chosen));
    const copyPath = this.#copyButton("Copy path", () => this.#path.textContent);
    copyPath.dataset.copiesPath = "";
    this.#bar.append(this.#path, this.#foldButton, copyPath, this.#copyButton("Copy value", () => this.#value()));
    pre.before(this.#bar);
    pre.addEventListener("click", (event) => this.#click(event));
    pre.addEventListener("keydown", (event) => this.#key(event));
  }

  #button(label, run) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = label;
    button.addEventListener("click", () => run(button));
    return button;
  }

  #copyButton(label, text) {
    return this.#button(label, (button) => copyText(button, text()));
  }

  // The value as it is shown: a text keeps its quotes and escapes.
  #value() {
    const { index, last } = this.#chosen;
    const texts = this.#lines.slice(index, last + 1).map((line) => line.querySelector(".json-text").textContent);
    const indent = texts[0].length - texts[0].trimStart().length;
    const key = this.#chosen.querySelector(".json-text > .j-key")?.textContent;
    const whole = texts.map((text) => text.slice(indent)).join("\n").replace(/,$/, "");
    return key ? whole.slice(key.length).replace(/^:\s*/, "") : whole;
  }

  #choose(line) {
    this.#chosen?.classList.remove("chosen");
    this.#chosen = line;
    line.classList.add("chosen");
    this.#path.textContent = line.path.replace(/^\./, "") || "$";
    this.#bar.hidden = false;
    this.#foldButton.hidden = !line.querySelector(".json-fold");
    this.#foldButton.textContent = line.classList.contains("folded") ? "Unfold" : "Fold";
    line.scrollIntoView({ block: "nearest" });
  }

  fold(line) {
    if (!line.querySelector(".json-fold")) return;
    const isFolded = line.classList.toggle("folded");
    this.#foldButton.textContent = isFolded ? "Unfold" : "Fold";
    this.#hide();
  }

  // A line is hidden if any of the values around it is folded.
  #hide() {
    let until = -1;
    for (const [index, line] of this.#lines.entries()) {
      line.hidden = index <= until;
      if (index > until && line.classList.contains("folded")) until = line.last;
    }
  }

  #click(event) {
    const line = event.target.closest(".json-line");
    if (!line || getSelection().toString() !== "") return;
    if (event.target.closest(".json-fold")) this.fold(line);
    this.#choose(line);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const shown = this.#lines.filter((line) => !line.hidden);
    const at = shown.indexOf(this.#chosen);
    const next = { ArrowDown: shown[at + 1], ArrowUp: shown[Math.max(at - 1, 0)] }[event.key];
    if (next) this.#choose(next);
    else if (event.key === "e" && this.#chosen) this.fold(this.#chosen);
    else if (event.key === "p" && this.#chosen) this.#bar.querySelector("[data-copies-path]").click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function enhance(root) {
  for (const pre of root.querySelectorAll("pre.json:not([data-folds])")) {
    pre.dataset.folds = "";
    if (pre.textContent.split("\n", LINES_MAX + 1).length <= LINES_MAX) new Json(pre);
  }
}

export function keepJson() {
  enhance(document);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        // The lines that this script itself inserts have no JSON inside.
        if (node instanceof Element && !node.closest("pre")) enhance(node);
        else if (node instanceof Element && node.matches("pre.json")) enhance(node.parentElement);
      }
    }
  }).observe(document.getElementById("detail"), { childList: true, subtree: true });
}
