import { expect, test } from "vitest";

import { changesTo } from "./metadata";

test("only what differs is asked for", () => {
  const entries = [{ name: "kept", value: "1" }, { name: "changed", value: "b" }, { name: "new", value: "c" }];
  expect(changesTo({ kept: "1", changed: "a", gone: "x" }, entries)).toEqual({ gone: null, changed: "b", new: "c" });
});
