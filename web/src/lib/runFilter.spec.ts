import { expect, it } from "vitest";

import { clause, clausesFor, clausesOf, nameOf, withClause, withoutClause } from "./runFilter";

it("parts a search at AND, but not within quotes", () => {
  expect(clausesOf("params.a = 'x AND y' and metrics.loss < 1")).toEqual(["params.a = 'x AND y'", "metrics.loss < 1"]);
  expect(clausesOf("  ")).toEqual([]);
});

it.each([
  ["metrics.loss", "metrics.loss"], ["metrics.val/loss", "metrics.`val/loss`"], ["tags.team.x", "tags.team.x"], ["status", "status"],
])("names %s as %s", (column, name) => expect(nameOf(column)).toBe(name));

it("writes numbers plain and texts in quotes", () => {
  expect(clause("metrics.val/loss", "<", " 0.5 ")).toBe("metrics.`val/loss` < 0.5");
  expect(clause("metrics.loss", "<", "small")).toBeNull();
  expect(clause("params.note", "=", "it's")).toBe(`params.note = "it's"`);
});

it("adds and takes away one comparison, the others stay", () => {
  const q = withClause("metrics.loss < 1", "params.lr = '2'");
  expect(q).toBe("metrics.loss < 1 AND params.lr = '2'");
  expect(withClause(q, "params.lr = '2'")).toBe(q);
  expect(withoutClause(q, "metrics.loss < 1")).toBe("params.lr = '2'");
});

it("finds the comparisons of one column, not of one that begins alike", () => {
  const q = "metrics.loss2 < 1 AND metrics.loss>3";
  expect(clausesFor(q, "metrics.loss")).toEqual(["metrics.loss>3"]);
});
