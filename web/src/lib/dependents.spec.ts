import { expect, it } from "vitest";

import { dependents } from "./dependents";

it("names those that are defined by it, not those that once read it", () => {
  expect(dependents([{ how: "code", name: "web" }, { how: "read", name: "trial" }])).toEqual({ names: ["web"], more: 0 });
});

it("names the first few and counts the rest", () => {
  const uses = ["a", "b", "c", "d", "e", "f", "g"].map((name) => ({ how: "serves" as const, name }));
  expect(dependents(uses)).toEqual({ names: ["a", "b", "c", "d", "e"], more: 2 });
});
