import { expect, test } from "vitest";

import { kindOf, pathOf } from "./happening";

const base = { project: "demo", name: "x" };

test.each([
  [{ ...base, what: "dataset", id: "raw/a b.csv", number: 2 }, "/projects/demo/datasets/raw/a%20b.csv"],
  [{ ...base, what: "job", id: "train", number: 3 }, "/projects/demo/jobs/train/runs/3"],
  [{ ...base, what: "run", id: "r1", experiment: "7" }, "/projects/demo/experiments/7/runs/r1"],
  [{ ...base, what: "run", id: "r1" }, "/projects/demo/experiments"],
  [{ ...base, what: "member", id: "bob" }, "/projects/demo"],
] as const)("%o leads to %s", (happening, path) => {
  expect(pathOf(happening)).toBe(path);
});

test("versions and job runs are counted by their own words", () => {
  expect(kindOf({ ...base, what: "model", id: "m", number: 2 })).toBe("Model, version 2");
  expect(kindOf({ ...base, what: "job", id: "j", number: 3 })).toBe("Job, run 3");
  expect(kindOf({ ...base, what: "service", id: "s" })).toBe("Service");
});
