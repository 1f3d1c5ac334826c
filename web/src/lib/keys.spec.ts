import { expect, test } from "vitest";

import { faultOfKey, keyBelow, markOf, nameOf } from "./keys";

test.each([
  ["raw/news.csv", undefined],
  ["", "empty"],
  ["a//b", "parts"],
  ["/a", "parts"],
  ["a/../b", "parts"],
  ["ä".repeat(201), "long"],
])("the key %s", (key, fault) => expect(faultOfKey(key)).toBe(fault));

test("a folder goes before the path, however it is written", () => {
  expect(keyBelow("/raw//new/", "a/b.csv")).toBe("raw/new/a/b.csv");
  expect(keyBelow("", "b.csv")).toBe("b.csv");
});

test("the name is the last part", () => expect(nameOf("raw/new/b.csv")).toBe("b.csv"));

test("the same file has the same mark, and it fits a line", () => {
  const file = { name: "x".repeat(300), size: 5, lastModified: 7 };
  expect(markOf(file)).toBe(markOf({ ...file }));
  expect(markOf(file).length).toBeLessThan(200);
});
