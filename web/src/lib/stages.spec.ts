import { expect, it } from "vitest";

import { stagesOf, type WorkloadStatus } from "./stages";

const ASKED = "2026-01-01T00:00:00Z";
const BEGAN = "2026-01-01T00:00:02Z";
const READY = "2026-01-01T00:00:09Z";
const ENDED = "2026-01-01T00:01:00Z";
const of = (status: Partial<WorkloadStatus>) => stagesOf({ state: "running", attempt: 1, ...status }, ASKED).map((stage) => stage.state);

it.each<[Partial<WorkloadStatus>, string[]]>([
  [{ state: "pending" }, ["now", "ahead", "ahead"]],
  [{ state: "starting", started_at: BEGAN }, ["done", "now", "ahead"]],
  [{ state: "running", started_at: BEGAN, ready_at: READY }, ["done", "done", "now"]],
  [{ state: "succeeded", started_at: BEGAN, ready_at: READY, finished_at: ENDED }, ["done", "done", "done"]],
  [{ state: "failed", started_at: BEGAN, ready_at: READY, finished_at: ENDED }, ["done", "done", "failed"]],
  [{ state: "failed", started_at: BEGAN, finished_at: ENDED }, ["done", "failed", "skipped"]],
  [{ state: "failed", started_at: BEGAN, finished_at: ENDED, exit_code: 3 }, ["done", "done", "failed"]],
  [{ state: "stopped", finished_at: ENDED }, ["done", "skipped", "skipped"]],
  [{ state: "pending", started_at: BEGAN, ready_at: READY }, ["now", "ahead", "ahead"]],
])("%j is at %j", (status, states) => {
  expect(of(status)).toEqual(states);
});

it("gives each stage its time", () => {
  const [waiting, preparing, running] = stagesOf({ state: "succeeded", attempt: 1, started_at: BEGAN, ready_at: READY, finished_at: ENDED }, ASKED);
  expect([waiting?.from, waiting?.to]).toEqual([ASKED, BEGAN]);
  expect([preparing?.from, preparing?.to]).toEqual([BEGAN, READY]);
  expect([running?.from, running?.to]).toEqual([READY, ENDED]);
});

it("has waited once it has begun, whenever it was asked for", () => {
  const [waiting] = stagesOf({ state: "starting", attempt: 1, started_at: BEGAN }, null);
  expect([waiting?.state, waiting?.from]).toEqual(["done", null]);
});
