import { expect, it } from "vitest";

import { lanes, moved, nameOfPlace, placeOf, spanWith } from "./grid";

const SIZE = { rows: 101, columns: 6, page: 15 };
const from = (row: number, column: number) => ({ row, column });

it.each([
  ["ArrowDown", false, from(0, 2), from(1, 2)],
  ["ArrowDown", false, from(100, 2), from(100, 2)],
  ["ArrowUp", false, from(1, 2), from(0, 2)],
  ["ArrowRight", false, from(4, 5), from(4, 5)],
  ["ArrowLeft", false, from(4, 5), from(4, 4)],
  ["Home", false, from(4, 5), from(4, 0)],
  ["End", false, from(4, 1), from(4, 5)],
  ["Home", true, from(4, 5), from(0, 0)],
  ["End", true, from(4, 1), from(100, 5)],
  ["PageDown", false, from(95, 1), from(100, 1)],
  ["PageUp", false, from(9, 1), from(1, 1)],
  ["PageUp", false, from(0, 1), from(0, 1)],
])("%s (far: %s) leads from cell to cell", (key, far, start, end) => {
  expect(moved(key, far, start, SIZE)).toEqual(end);
});

it("leaves other keys to others", () => {
  expect(moved("a", false, from(1, 1), SIZE)).toBeNull();
  expect(moved("ArrowDown", true, from(1, 1), SIZE)).toBeNull();
});

it("reads back how it names a cell", () => {
  expect(placeOf(nameOfPlace(from(9999, 12)))).toEqual(from(9999, 12));
  expect(placeOf("nonsense")).toBeNull();
  expect(placeOf(undefined)).toBeNull();
});

it("keeps what has the focus beside what is seen", () => {
  expect(spanWith(3, 5, 1, 9)).toEqual([1, 3, 4, 5]);
  expect(spanWith(3, 5, 4, 9)).toEqual([3, 4, 5]);
  expect(spanWith(-2, 20, 40, 3)).toEqual([0, 1, 2]);
});

it("leaves room for the columns that are not there", () => {
  expect(lanes([10, 20, 30, 40, 50], [0, 2, 3])).toEqual({ template: "10px 20px 30px 40px 50px", tracks: [1, 3, 4] });
  expect(lanes([10, 20, 30, 40, 50], [1, 4])).toEqual({ template: "10px 20px 70px 50px", tracks: [2, 4] });
  expect(lanes([10, 20], [0, 1])).toEqual({ template: "10px 20px", tracks: [1, 2] });
  expect(lanes([], [])).toEqual({ template: "", tracks: [] });
});
