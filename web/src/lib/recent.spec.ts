import { expect, test } from "vitest";

import { withVisit } from "./recent";

const page = (path: string) => ({ path, title: path });

test("a page visited again comes first, once", () => {
  const now = withVisit([page("/a"), page("/b")], page("/b"));
  expect(now.map((each) => each.path)).toEqual(["/b", "/a"]);
});

test("the oldest fall out", () => {
  expect(withVisit([page("/a"), page("/b")], page("/c"), 2).map((each) => each.path)).toEqual(["/c", "/a"]);
});
