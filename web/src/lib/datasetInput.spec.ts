import { expect, it } from "vitest";

import { fileOf } from "./datasetInput";

const input = (source: unknown, source_type = "mllab") => ({ source_type, source: JSON.stringify(source) });

it("knows the files of the lab", () => {
  expect(fileOf(input({ key: "datasets/raw/news.csv", version: 2 }))).toEqual({ kind: "datasets", key: "raw/news.csv", version: 2 });
  expect(fileOf(input({ key: "models/topics", version: 1 }))?.kind).toBe("models");
});

it("makes nothing of what lies elsewhere or is broken", () => {
  expect(fileOf(input({ url: "https://host/x.csv" }, "http"))).toBeUndefined();
  expect(fileOf(input({ key: "other/x", version: 1 }))).toBeUndefined();
  expect(fileOf(input({ key: "datasets/x" }))).toBeUndefined();
  expect(fileOf({ source_type: "mllab", source: "{" })).toBeUndefined();
});
