// Choices that the browser remembers. If it blocks storage, they only last for this page.
const [ON, OFF] = ["yes", "no"];

// Returns the remembered text, or null.
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    // Storage is blocked.
  }
}

// Returns whether a switch is on; `otherwise`: what it is before anyone has made the choice.
export function recallSwitch(key, otherwise = false) {
  const choice = recall(key);
  return choice === null ? otherwise : choice === ON;
}

export function rememberSwitch(key, isOn) {
  remember(key, isOn ? ON : OFF);
}
