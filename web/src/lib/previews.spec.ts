import { expect, test } from "vitest";

import { isNumeric, shareOf, shortValue } from "./previews";

test.each([["BIGINT", true], ["UINTEGER", true], ["DECIMAL(18,3)", true], ["VARCHAR", false], ["BIGINT[]", false]])(
  "%s is a number: %s",
  (type, numeric) => expect(isNumeric(type)).toBe(numeric),
);

test.each([[0, 10, "0 %"], [1, 1000, "< 1 %"], [999, 1000, "> 99 %"], [1, 3, "33 %"], [3, 3, "100 %"], [0, 0, "0 %"]])(
  "%d of %d is %s",
  (part, whole, text) => expect(shareOf(part, whole)).toBe(text),
);

test("a small number keeps its size", () => {
  expect(shortValue("6.189422770000001e-05", "DOUBLE")).toBe("6.189e-5");
  expect(shortValue("2026-01-02 03:04:05", "TIMESTAMP")).toBe("2026-01-02");
});
