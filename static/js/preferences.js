// What a reader prefers, remembered in this browser for all endpoints.

const PREFIX = "creel.prefers.";
// What was changed on this page.
const changed = new Map();

export function prefers(name) {
  if (changed.has(name)) return changed.get(name);
  try {
    return localStorage.getItem(PREFIX + name) === "yes";
  } catch {
    return false;
  }
}

// A check box that shows and changes a preference. If the storage is full or forbidden, it lasts as long as the page.
export function keepPreference(name, box, onChange = () => {}) {
  box.checked = prefers(name);
  box.addEventListener("change", () => {
    changed.set(name, box.checked);
    try {
      localStorage.setItem(PREFIX + name, box.checked ? "yes" : "no");
    } catch { /* See above. */ }
    onChange();
  });
}
