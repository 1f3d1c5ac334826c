import { expect, it } from "vitest";

import { askedAt, type Key, offersAt } from "./runCompletion";

const KEYS: Key[] = [
  { kind: "metric", key: "loss" }, { kind: "metric", key: "val/loss" }, { kind: "metric", key: "accuracy" },
  { kind: "param", key: "lr" }, { kind: "param", key: "learning rate" }, { kind: "param", key: "a`b" }, { kind: "param", key: "a`b\"c" }, { kind: "tag", key: "team.x" },
];

/** The labels offered where "|" stands. */
function labels(marked: string): string[] {
  const caret = marked.indexOf("|");
  return offersAt(marked.replace("|", ""), caret, KEYS).map((each) => each.label);
}

/** The search after its first offer was taken, with "|" where the caret is. */
function taken(marked: string): string | undefined {
  const caret = marked.indexOf("|");
  const [first] = offersAt(marked.replace("|", ""), caret, KEYS);
  return first && `${first.text.slice(0, first.caret)}|${first.text.slice(first.caret)}`;
}

const heads = ["metrics.", "params.", "tags.", "attributes."];
const numeric = [">", ">=", "<", "<=", "=", "!="];
const text = ["=", "!=", "LIKE", "ILIKE"];

it.each([
  ["|", heads],
  ["metrics.loss < 1 AND |", heads],
  ["me|", ["metrics."]],
  ["metrics.|", ["metrics.loss", "metrics.`val/loss`", "metrics.accuracy"]],
  ["metric.LO|", ["metrics.loss", "metrics.`val/loss`"]],
  ["lo|", ["metrics.loss", "metrics.`val/loss`"]],
  ["params.`lea|", ["params.`learning rate`"]],
  ['params."lea|', ["params.`learning rate`"]],
  ["params.a|", ['params."a`b"', "params.`learning rate`"]],
  ["params.l|r", ["params.lr", "params.`learning rate`"]],
  ["stat|", ["attributes.status"]],
  ["attributes.s|", ["attributes.status", "attributes.start_time", "attributes.user_id"]],
  ["tags.|", ["tags.team.x"]],
])("offers names at %s", (marked, found) => expect(labels(marked)).toEqual(found));

it.each([
  ["metrics.loss |", numeric],
  ["metrics.`val/loss` <|", ["<="]],
  ["metrics.loss<|", ["<="]],
  ["params.lr !|", ["!="]],
  ["params.lr |", [...text, "IS NULL", "IS NOT NULL"]],
  ["params.'|", []],
  ["tags.team.x i|", ["ILIKE", "IS NULL", "IS NOT NULL"]],
  ["start_time |", numeric],
  ["attributes.run_name |", text],
  ["attributes.run_id |", [...text, "IN"]],
])("offers comparisons at %s", (marked, found) => expect(labels(marked)).toEqual(found));

it.each([
  ["status = |", ["'RUNNING'", "'SCHEDULED'", "'FINISHED'", "'FAILED'", "'KILLED'"]],
  ["attributes.status != 'f|", ["'FINISHED'", "'FAILED'"]],
  ["attributes.status = \"k|", ["'KILLED'"]],
  ["attributes.status = 'FAILED'|", []],
  ["params.lr = |", []],
  ["params.lr = 'lo|", []],
  ["metrics.loss < 0.1|", []],
  ["metrics.loss < 0.1 |", ["AND"]],
  ["metrics.loss < 0.1 a|", ["AND"]],
  ["params.lr IS NULL |", ["AND"]],
  ["params.lr IS NOT NULL |", ["AND"]],
  ["run_id IN ('a', 'b') |", ["AND"]],
  ["run_id IN ('a', |", []],
])("offers what follows at %s", (marked, found) => expect(labels(marked)).toEqual(found));

it.each(["metrics.loss < 1 OR |", "= |", "metrics.loss ; |", "params.lr 'x' |", "params.lr IS |", "other.|", "constructor.|"])("offers nothing at %s", (marked) => expect(labels(marked)).toEqual([]));

it("offers no name that is whole already", () => {
  expect(labels("metrics.accuracy|")).toEqual([]);
  expect(labels("metrics.`val/loss`|")).toEqual([]);
});

it.each([
  ["me|", "metrics.|"],
  ["metrics.v|", "metrics.`val/loss` |"],
  ["params.`lea|", "params.`learning rate` |"],
  ["params.`lea|r`", "params.`learning rate` |"],
  ["tags.te|a = 'x'", "tags.team.x |= 'x'"],
  ["metrics.loss |", "metrics.loss > |"],
  ["status = 'f| AND metrics.loss > 1", "status = 'FINISHED' |AND metrics.loss > 1"],
  ["status = 'f|' AND metrics.loss > 1", "status = 'FINISHED' |AND metrics.loss > 1"],
  ["metrics.loss < 1 |", "metrics.loss < 1 AND |"],
])("puts the first offer at %s", (marked, after) => expect(taken(marked)).toBe(after));

it("asks the lab for keys only", () => {
  expect(askedAt("metrics.`va", 11)).toEqual({ kind: "metric", q: "va" });
  expect(askedAt("lo", 2)).toEqual({ kind: undefined, q: "lo" });
  expect(askedAt("metrics.", 8)).toEqual({ kind: "metric", q: "" });
  for (const none of ["", "attributes.s", "metrics.loss "]) expect(askedAt(none, none.length)).toBeNull();
});
