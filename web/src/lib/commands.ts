// The open page's actions, for the palette: what one can press in its header, one can name.
export interface Command {
  label: string;
  run: () => void;
}

export function pageCommands(page: ParentNode): Command[] {
  const buttons = [...page.querySelectorAll<HTMLElement>(":scope > header button, :scope > header a")];
  return buttons
    .filter((button) => !button.hasAttribute("disabled") && button.getAttribute("aria-disabled") !== "true")
    .map((button) => ({ label: (button.getAttribute("aria-label") ?? button.textContent).trim(), run: () => button.click() }))
    .filter((command) => command.label !== "");
}
