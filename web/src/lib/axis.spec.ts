import { beforeAll, expect, it, vi } from "vitest";

vi.stubGlobal("navigator", { language: "de" });
let axis: typeof import("./axis");
beforeAll(async () => {
  axis = await import("./axis");
});

it.each([
  [0, "0"], [0.25, "0.25"], [1500, "1.5k"], [2_000_000, "2M"], [0.00002, "2e-5"], [-12_345, "-12.3k"],
])("shows %d as %s", (value, text) => expect(axis.numberTick(value)).toBe(text));

it.each([
  [3600, /^\d\d:\d\d$/], [60, /^\d\d:\d\d:\d\d$/], [1e6, /^\d+\. \S+$/],
])("shows a time on an axis of %d s as exactly as it needs", (span, form) => {
  expect(axis.timeTick(1_700_000_000, span)).toMatch(form);
});
