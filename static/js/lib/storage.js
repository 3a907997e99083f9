// Choices that the browser remembers. If it blocks storage, they only last for this page.

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
