import { expect, it } from "vitest";

import { entriesIn } from "./tagForm";

it("reads pairs in their order and leaves out what has no name", () => {
  const values = { description: "x", "name.10": " late ", "value.10": "2", "name.2": "early", "value.2": "", "name.3": "  ", "value.3": "lost" };
  expect(entriesIn(values)).toEqual([{ name: "early", value: "" }, { name: "late", value: "2" }]);
});
