import { describe, expect, it } from "vitest";

import { colourAfter, lastDrawn, lineAt, LineCutter } from "./lines";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("LineCutter", () => {
  it("gives whole lines with their places and keeps the last one open", () => {
    const cutter = new LineCutter(100);
    expect(cutter.push(bytes("one\ntwo\nthr"))).toEqual([{ offset: 100, text: "one" }, { offset: 104, text: "two" }]);
    expect(cutter.open).toEqual({ offset: 108, text: "thr" });
    expect(cutter.push(bytes("ee\n"))).toEqual([{ offset: 108, text: "three" }]);
    expect(cutter.open).toBeNull();
    expect(cutter.end).toBe(114);
  });

  it("reads the same however the bytes are cut", () => {
    const all = bytes("größe\r\n→ 5\n\nend\n");
    const cutter = new LineCutter(0);
    const lines = [...all].flatMap((byte) => cutter.push(new Uint8Array([byte])));
    expect(lines).toEqual(new LineCutter(0).push(all));
    expect(lines.map((line) => line.text)).toEqual(["größe", "→ 5", "", "end"]);
  });

  it("shows the last state of a progress bar and forgets the others", () => {
    const cutter = new LineCutter(0);
    for (let done = 0; done <= 100; done += 1) cutter.push(bytes(`\r${done}%`));
    expect(cutter.open?.text).toBe("100%");
    expect(cutter.push(bytes("\n")).map((line) => line.text)).toEqual(["100%"]);
    expect(cutter.end).toBe(bytes(Array.from({ length: 101 }, (_, done) => `\r${done}%`).join("")).length + 1);
  });

  it("keeps what a bar drew when the carriage return comes last", () => {
    const cutter = new LineCutter(0);
    cutter.push(bytes("10%\r"));
    expect(cutter.open?.text).toBe("10%");
    cutter.push(bytes("20%\r"));
    expect(cutter.open?.text).toBe("20%");
  });

  it("carries a colour over to the next lines until it ends", () => {
    const [first, second, third] = new LineCutter(0).push(bytes("\x1b[31mbad\nworse\x1b[0m\nfine\n"));
    expect([first?.text, second?.text, third?.text]).toEqual(["\x1b[31mbad", "\x1b[31mworse\x1b[0m", "fine"]);
  });

  it("cuts a line that nobody could read", () => {
    const cutter = new LineCutter(0);
    cutter.push(bytes("x".repeat(50_000)));
    expect(cutter.open?.text.length).toBeLessThan(20_100);
    expect(cutter.end).toBe(50_000);
  });
});

describe("lastDrawn and colourAfter", () => {
  it.each([["abc", "abc"], ["a\rb", "b"], ["a\rb\r", "b"], ["\r", ""], ["a\r\r", "a"]])("%j shows %j", (line, shown) => {
    expect(lastDrawn(line)).toBe(shown);
  });

  it.each([
    ["plain", ""], ["\x1b[31mred", "\x1b[31m"], ["\x1b[31mred\x1b[m", ""], ["\x1b[1m\x1b[31m", "\x1b[1m\x1b[31m"], ["\x1b[31m\x1b[0;32m", "\x1b[0;32m"],
  ])("%j leaves %j", (text, open) => {
    expect(colourAfter(text)).toBe(open);
  });
});

describe("lineAt", () => {
  const lines = [10, 20, 30].map((offset) => ({ offset, text: "" }));
  it.each([[5, -1], [10, 0], [19, 0], [20, 1], [99, 2]])("byte %i is in line %i", (offset, index) => {
    expect(lineAt(lines, offset)).toBe(index);
  });
});
