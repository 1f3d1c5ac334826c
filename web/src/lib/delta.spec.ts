import { expect, it } from "vitest";

import { deltaOf } from "./delta";

it.each([
  [0.52, 0.5, "+0.02 (+4 %)"], [0.4, 0.5, "−0.1 (−20 %)"], [2, 0, "+2"], [1, 1, "±0 (±0 %)"], [NaN, 1, null],
])("tells how far %d is from %d", (value, origin, text) => expect(deltaOf(value, origin)).toBe(text));
