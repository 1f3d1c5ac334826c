import { expect, it } from "vitest";

import { imageHint, imageOf } from "./images";

const rules = { default: "mllab/workspace:1", model: "mllab/model-server:1", allowed: [] };

it("says which images may run", () => {
  expect(imageHint(rules)).toContain("Any image may run");
  expect(imageHint({ ...rules, allowed: ["mllab/*", "python:3.*"] })).toContain("mllab/*, python:3.*");
});

it("takes nothing for the lab's own", () => {
  expect(imageOf("  ")).toBeNull();
  expect(imageOf(" python:3.12 ")).toBe("python:3.12");
});
