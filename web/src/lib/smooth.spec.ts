import { expect, it } from "vitest";

import { smooth, together } from "./smooth";

it("begins at the first value and leaves gaps out", () => {
  expect(smooth([2, null, 2], 0.9)).toEqual([2, null, 2]);
  const [first, second] = smooth([0, 1], 0.5);
  expect(first).toBe(0);
  expect(second).toBeCloseTo(2 / 3);
});

it("puts lines over one x", () => {
  const { x, lists } = together([{ x: [1, 3], lists: [[10, 30]] }, { x: [2, 3], lists: [[5, 6]] }]);
  expect(x).toEqual([1, 2, 3]);
  expect(lists).toEqual([[[10, null, 30]], [[null, 5, 6]]]);
});
