import { expect, it } from "vitest";

import { markHits } from "./marks";

const plain = (text: string) => [{ text, classes: "" }];
const shown = (pieces: { text: string; isHit: boolean }[]) => pieces.map((piece) => (piece.isHit ? `[${piece.text}]` : piece.text)).join("|");

it.each([
  ["nothing here", "x", "nothing here"],
  ["an Error, an error", "error", "an |[Error]|, an |[error]"],
  ["aaaa", "aa", "[aa]|[aa]"],
  ["abc", "", "abc"],
])("marks in %j the text %j", (line, sought, marked) => {
  expect(shown(markHits(plain(line), sought))).toBe(marked);
});

it("marks over the bounds of colours and keeps them", () => {
  const pieces = markHits([{ text: "ab", classes: "red" }, { text: "cd", classes: "blue" }], "bc");
  expect(pieces).toEqual([
    { text: "a", classes: "red", isHit: false }, { text: "b", classes: "red", isHit: true },
    { text: "c", classes: "blue", isHit: true }, { text: "d", classes: "blue", isHit: false },
  ]);
});
