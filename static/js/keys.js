// Keyboard shortcuts. They do not apply in input fields, or together with Ctrl, Alt or Meta.

function isTyping(target) {
  return target.closest("input:not([type=radio]), textarea, select, [contenteditable]") !== null;
}

export function keepKeys(actions) {
  const help = document.getElementById("help");
  const helpButton = document.getElementById("help-open");
  helpButton.hidden = false;
  helpButton.addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target)) return;
    if (help.open) {
      if (event.key === "?") help.close();
      return;
    }
    const action = event.key === "?" ? () => help.showModal() : actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
