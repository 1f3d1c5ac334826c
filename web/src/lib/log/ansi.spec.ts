import { describe, expect, it } from "vitest";

import { shadeOf, spansOf } from "./ansi";

describe("spansOf", () => {
  it("leaves plain text alone", () => {
    expect(spansOf("plain <b>text</b>")).toEqual([{ text: "plain <b>text</b>", classes: "" }]);
  });

  it.each([
    ["\x1b[31mx", "ansi-red"],
    ["\x1b[1;32mx", "ansi-green ansi-bold"],
    ["\x1b[94mx", "ansi-blue"],
    ["\x1b[90mx", "ansi-grey"],
    ["\x1b[37mx", ""],
    ["\x1b[41mx", "ansi-on-red"],
    ["\x1b[37;44mx", "ansi-on-blue"],
    ["\x1b[7mx", "ansi-on-grey"],
    ["\x1b[38;5;208mx", "ansi-yellow"],
    ["\x1b[38;5;244mx", ""],
    ["\x1b[38;2;255;80;220mx", "ansi-magenta"],
    ["\x1b[2mx", "ansi-dim"],
  ])("%j is of class %j", (line, classes) => {
    expect(spansOf(line)).toEqual([{ text: "x", classes }]);
  });

  it("drops what is no colour: cursor moves, links, bells", () => {
    const line = "\x1b[2K\x1b[1Aa\x1b]8;;http://x\x07link\x1b]8;;\x1b\\\x07";
    expect(spansOf(line).map((span) => span.text).join("")).toBe("alink");
  });
});

it.each([
  [[255, 0, 0], "red"], [[255, 160, 0], "yellow"], [[0, 200, 0], "green"], [[0, 200, 200], "cyan"], [[30, 60, 255], "blue"], [[100, 100, 110], ""],
] as const)("%j is a shade of %s", (rgb, name) => {
  expect(shadeOf([...rgb])).toBe(name);
});
