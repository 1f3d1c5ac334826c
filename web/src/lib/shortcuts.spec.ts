import { expect, test } from "vitest";

import { keyReader } from "./shortcuts";

const press = (key: string, ctrlKey = false) => ({ key, ctrlKey, metaKey: false, altKey: false });

test("Ctrl K opens the palette, even while typing and with single keys off", () => {
  expect(keyReader()(press("k", true), 0, true, false)).toEqual({ does: "palette" });
});

test("g and a letter soon after go somewhere", () => {
  const read = keyReader();
  expect(read(press("g"), 0, false, true)).toBeNull();
  expect(read(press("p"), 500, false, true)).toEqual({ does: "go", letter: "p" });
  expect(read(press("p"), 600, false, true)).toBeNull();
});

test("a letter long after g goes nowhere", () => {
  const read = keyReader();
  read(press("g"), 0, false, true);
  expect(read(press("p"), 2000, false, true)).toBeNull();
});

test("keys that are typed into a field, or are off, do nothing", () => {
  expect(keyReader()(press("?"), 0, true, true)).toBeNull();
  expect(keyReader()(press("/"), 0, false, false)).toBeNull();
});
