// The theme: chosen by the reader, else the system's. `public/theme.js` sets it before the first paint.
export function setTheme(theme: "light" | "dark" | null): void {
  if (theme === null) localStorage.removeItem("lab-theme");
  else localStorage.setItem("lab-theme", theme);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = theme ?? (dark ? "dark" : "light");
}

export function chosenTheme(): "light" | "dark" | null {
  const kept = localStorage.getItem("lab-theme");
  return kept === "light" || kept === "dark" ? kept : null;
}
