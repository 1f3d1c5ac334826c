import { expect, it } from "vitest";

import { defaultColumns, loggedOf, orderOf, type Seen, sortOf } from "./runColumns";
import { nameOf } from "./runFilter";

const seen = (kind: Seen["kind"], key: string, differs = true): Seen => ({ kind, key, differs });

it("shows metrics, and the params in which runs differ", () => {
  const all = [seen("param", "lr"), seen("param", "seed", false), seen("metric", "loss", false), seen("metric", "system/cpu"), seen("tag", "team")];
  expect(defaultColumns(all)).toEqual(["started", "duration", "user", "metrics.loss", "params.lr"]);
});

it("knows logged keys from facts", () => {
  expect(loggedOf("metrics.val/loss")).toEqual({ kind: "metrics", key: "val/loss" });
  expect(loggedOf("started")).toBeNull();
});

it("sorts in the words of the language", () => {
  expect(orderOf("metrics.val/loss DESC", nameOf)).toEqual(["metrics.`val/loss` DESC"]);
  expect(orderOf("started ASC", nameOf)).toEqual(["start_time ASC"]);
  expect(orderOf("duration ASC", nameOf)).toEqual([]);
  expect(sortOf("nonsense")).toBeNull();
});
