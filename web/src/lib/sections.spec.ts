import { expect, it } from "vitest";

import { sectionsOf } from "./sections";

it("gathers metrics by their first part, plain ones first", () => {
  expect(sectionsOf(["val/loss", "loss", "train/a/b", "val/acc"])).toEqual([
    { name: "", metrics: ["loss"] },
    { name: "train", metrics: ["train/a/b"] },
    { name: "val", metrics: ["val/acc", "val/loss"] },
  ]);
});
