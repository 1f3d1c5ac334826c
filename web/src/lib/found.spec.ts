import { expect, test } from "vitest";

import { foundPath } from "./found";

test.each([
  [{ noun: "project", id: "demo" }, "/projects/demo"],
  [{ noun: "dataset", project: "demo", id: "raw/x y.csv" }, "/projects/demo/datasets/raw/x%20y.csv"],
  [{ noun: "registered-model", project: "demo", id: "wine" }, "/projects/demo/registry/wine"],
] as const)("%o is at %s", (found, path) => expect(foundPath(found)).toBe(path));
