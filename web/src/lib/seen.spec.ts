import { expect, it } from "vitest";

import { newestOf, unseen } from "./seen";

const early = { at: "2026-01-01T00:00:00.000000Z", event: "finished", user: "ann" };
const late = { at: "2026-01-02T00:00:00.000000Z", event: "failed", user: "ben" };
const upload = { at: "2026-01-03T00:00:00.000000Z", event: "uploaded", user: "ann" };

it("tells what came after what was seen", () => {
  expect(unseen([late, early], early.at, "ann")).toEqual([late]);
  expect(unseen([late, early], late.at, "ann")).toEqual([]);
});

it("calls nothing new in a browser that has not looked before", () => {
  expect(unseen([late, early], null, "ann")).toEqual([]);
});

it("leaves out the reader's own uploads and no one else's", () => {
  expect(unseen([upload], early.at, "ann")).toEqual([]);
  expect(unseen([upload], early.at, "ben")).toEqual([upload]);
});

it("never goes back", () => {
  expect(newestOf([late, early], null)).toBe(late.at);
  expect(newestOf([early], late.at)).toBe(late.at);
  expect(newestOf([], null)).toBe("");
});
