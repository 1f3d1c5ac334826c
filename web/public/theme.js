// Before the first paint: the chosen theme, else the system's.
(() => {
  const chosen = localStorage.getItem("lab-theme");
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = chosen || (dark ? "dark" : "light");
})();
