const Key = 'convonet.theme';

/** The light and dark switch. Without a choice the page follows the system. @param {HTMLButtonElement} button */
export function bindThemeSwitch(button) {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
  const show = () => {
    root.dataset.shade = isDark() ? 'dark' : 'light';
    button.setAttribute('aria-label', isDark() ? 'Switch to light colours' : 'Switch to dark colours');
  };
  button.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark';
    root.dataset.theme = theme;
    try { localStorage.setItem(Key, theme); } catch { /* storage is blocked: the choice holds for this visit */ }
    show();
  });
  system.addEventListener('change', show);
  show();
}
