// Runs before the first paint, so that a chosen theme does not flash. Not a module: modules run after parsing.
(() => {
  try {
    const theme = localStorage.getItem('convonet.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is blocked: the system's choice holds.
  }
})();
