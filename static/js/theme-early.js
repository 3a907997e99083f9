// Applies the chosen theme before the first paint, so that the other one does not flash. A module would run too late.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("attune-theme");
  } catch {
    // Storage is blocked, so the system's theme applies.
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
