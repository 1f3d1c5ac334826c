import { expect, test } from "vitest";

import { goesWith, type Holding, isUntouched } from "./overview";

const nothing: Holding = {
  counts: { datasets: 0, models: 0, registered_models: 0, experiments: 1, runs: 0, jobs: 0, services: {}, job_runs: {} },
  storage_bytes: 0,
};

test("a project with an experiment without runs is untouched", () => {
  expect(isUntouched(nothing)).toBe(true);
});

test("a stopped service counts as something", () => {
  expect(isUntouched({ ...nothing, counts: { ...nothing.counts, services: { stopped: 1 } } })).toBe(false);
});

test("only what is there goes", () => {
  const lines = goesWith({ ...nothing, counts: { ...nothing.counts, runs: 2 }, storage_bytes: 4_200_000 });
  expect(lines).toEqual(["1 × Experiments", "2 × Runs", "4.2 MB of datasets and models"]);
});
