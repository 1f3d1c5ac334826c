import { expect, test } from "vitest";

import { readLines, shell } from "./snippets";

test("a key that is no plain word is quoted in each language", () => {
  const lines = readLines({ project: "news", kind: "datasets", key: `it's "raw"/a b.csv` }, 2, "http://lab");
  expect(lines.environment).toContain(String.raw`"datasets/it's \"raw\"/a b.csv.v2"`);
  expect(lines.cli).toBe(String.raw`mllab dataset download 'it'\''s "raw"/a b.csv' . --version 2 --project news`);
  expect(lines.curl).toContain("'http://lab/api/projects/news/datasets/it'\\''s%20%22raw%22/a%20b.csv?version=2'");
});

test("the newest version is named by no number", () => {
  const lines = readLines({ project: "news", kind: "models", key: "topics" }, undefined, "http://lab");
  expect(lines.client).toContain('.models.download("topics", ".")');
  expect(lines.cli).toBe("mllab model download topics . --project news");
});

test("plain words stay as they are", () => expect(shell("raw/news.csv")).toBe("raw/news.csv"));
