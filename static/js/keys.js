// Keyboard shortcuts. They do not apply in input fields, or together with Ctrl, Alt or Meta. The help is made from the same table.

function isTyping(target) {
  return target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function fillHelp(help, table) {
  const rows = table.filter(({ text }) => text).map(({ shown, text }) => {
    const row = document.createElement("div");
    const [keys, words] = [document.createElement("dt"), document.createElement("dd")];
    for (const key of shown) {
      const mark = document.createElement("kbd");
      mark.textContent = key;
      keys.append(mark, " ");
    }
    words.textContent = text;
    row.append(keys, words);
    return row;
  });
  help.querySelector(".keys").replaceChildren(...rows);
}

// Each entry of the table: `keys` as events name them, `shown` and `text` for the help, `run`, which returns false to leave the key to the
// browser.
export function keepKeys(table) {
  const help = document.getElementById("help");
  // The focus is on the button at its end.
  const open = () => {
    help.showModal();
    help.scrollTop = 0;
  };
  const all = [...table, { keys: ["?"], shown: ["?"], text: "this help", run: open }];
  fillHelp(help, all);
  document.getElementById("help-open").addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target)) return;
    if (help.open) {
      if (event.key === "?") help.close();
      return;
    }
    const entry = all.find(({ keys }) => keys.includes(event.key));
    if (entry && entry.run(event.key) !== false) event.preventDefault();
  });
}
