/**
 * Runs before the first paint, so that a saved theme and language never flash. It is no module: the
 * browser waits for it.
 */
try {
  const theme = localStorage.getItem('quartet.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  const locale = localStorage.getItem('quartet.locale');
  if (locale !== null) document.documentElement.lang = locale;
} catch {
  // Storage is turned off: the system's own choice holds.
}
