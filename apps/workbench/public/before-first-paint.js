// Runs before the first paint, as a file because the Content-Security-Policy allows no inline script.
(() => {
  // The contract's schemas must not probe for eval: a strict policy reports each try.
  globalThis.__zod_globalConfig = { jitless: true };
  let chosen;
  try {
    chosen = localStorage.getItem("snapdeck-color-scheme");
  } catch {
    chosen = null;
  }
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
