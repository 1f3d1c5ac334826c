import { expect, it } from "vitest";

import { heldWords } from "./holdings";

const none = { datasets: 0, models: 0, runs: 0, jobs: 0, services: {} };

it("tells only what there is", () => {
  expect(heldWords(none)).toEqual([]);
  expect(heldWords({ ...none, datasets: 2, jobs: 1 })).toEqual(["2 datasets", "1 job"]);
});

it("adds services up, whatever their state", () => {
  expect(heldWords({ ...none, services: { running: 2, failed: 1 } })).toEqual(["3 services"]);
});
