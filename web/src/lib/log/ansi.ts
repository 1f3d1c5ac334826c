// A line's colours as class names: eight colours that are legible in both themes, whatever
// exact ones the program chose. The classes stand in components/log/log.css.
import Anser from "anser";

export interface Span {
  text: string;
  classes: string;
}

type Rgb = [number, number, number];

const NAMES = ["red", "yellow", "green", "cyan", "blue", "magenta"] as const;
const LEVELS = [0, 95, 135, 175, 215, 255];
/** Everything an escape can begin but colours: window titles, links, cursor moves. */
const OTHER = /\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78cDEHM])|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/g;

/** The name of the colour of which `rgb` is a shade; none for greys. */
export function shadeOf([r, g, b]: Rgb): string {
  const most = Math.max(r, g, b);
  const spread = most - Math.min(r, g, b);
  if (spread < 40) return "";
  const sector = most === r ? ((g - b) / spread + 6) % 6 : most === g ? (b - r) / spread + 2 : (r - g) / spread + 4;
  return NAMES[Math.round(sector) % 6] ?? "";
}

/** The line as pieces of text with their classes. */
export function spansOf(line: string): Span[] {
  if (!line.includes("\x1b")) return [{ text: line.replace(OTHER, ""), classes: "" }];
  return Anser.ansiToJson(line.replace(OTHER, ""), { use_classes: true, remove_empty: true }).map((part) => {
    const reverse = (part as { isInverted?: boolean }).isInverted;
    const fg = colour(part.fg, part.fg_truecolor);
    const bg = colour(part.bg, part.bg_truecolor) || (reverse ? "grey" : "");
    const classes = [
      bg ? `ansi-on-${bg}` : fg && `ansi-${fg}`,
      ...part.decorations.filter((name) => name !== "blink").map((name) => `ansi-${name}`),
    ];
    return { text: part.content, classes: classes.filter(Boolean).join(" ") };
  });
}

function colour(name: string | null, exact: string | null): string {
  if (!name) return "";
  if (exact) return shadeOf(exact.split(",").map(Number) as Rgb);
  const palette = /^ansi-palette-(\d+)$/.exec(name)?.[1];
  if (palette !== undefined) return shadeOf(paletteColour(Number(palette)));
  const basic = name.replace(/^ansi-(bright-)?/, "");
  if (basic === "black") return "grey";
  return basic === "white" ? "" : basic;
}

/** What a terminal's colour 16 to 255 looks like. */
function paletteColour(index: number): Rgb {
  if (index >= 232) return [0, 0, 0];
  const step = (place: number) => LEVELS[Math.floor((index - 16) / place) % 6] ?? 0;
  return [step(36), step(6), step(1)];
}
