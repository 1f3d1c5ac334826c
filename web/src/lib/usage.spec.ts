import { expect, it } from "vitest";

import { coresText, memoryText, paceOf } from "./usage";

const usage = { memory_bytes: 256 << 20, cpu_cores: 0.4236, limits: { cpu_cores: null, memory_mib: null, gpus: 0, gpu_ids: [] } };

it("tells what is in use, of what may be where there is a limit", () => {
  expect([coresText(usage), memoryText(usage)]).toEqual(["0.42 cores", "256 MiB"]);
  const limited = { ...usage, limits: { cpu_cores: 2, memory_mib: 1024, gpus: 0, gpu_ids: [] } };
  expect([coresText(limited), memoryText(limited)]).toEqual(["0.42 of 2 cores", "256 of 1,024 MiB"]);
});

it("says that it takes a second look to know the cores", () => {
  expect(coresText({ ...usage, cpu_cores: null })).toBe("measuring …");
});

it("asks less and less often, and never less than every half minute", () => {
  expect([paceOf(0), paceOf(100)]).toEqual([5_000, 30_000]);
  expect(paceOf(5)).toBeGreaterThan(paceOf(4));
});
