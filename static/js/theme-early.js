// Runs before the first paint, so that a chosen theme does not flash. Not a module: modules run too late.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("attune-theme");
  } catch {
    // Storage is blocked: the system's theme applies.
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
