import { expect, it } from "vitest";

import { gpusText, limitWords } from "./limits";

const none = { cpu_cores: null, memory_mib: null };

it("says the default and the most", () => {
  const rules = { capabilities: [], default_limits: { ...none, cpu_cores: 2 }, largest_limits: { ...none, cpu_cores: 8, memory_mib: 4096 } };
  expect(limitWords(rules, "cpu_cores")).toEqual({ placeholder: "2, the lab’s default", hint: "At most 8." });
  expect(limitWords(rules, "memory_mib")).toEqual({ placeholder: "4,096, the lab’s default", hint: "At most 4,096." });
});

it("names GPUs, or says how many", () => {
  expect(gpusText({ gpus: 2, gpu_ids: [] })).toBe("2");
  expect(gpusText({ gpus: 0, gpu_ids: ["GPU-1", "GPU-2"] })).toBe("GPU-1, GPU-2");
  expect(gpusText({ gpus: 0, gpu_ids: [] })).toBe("");
});

it("says nothing of what is not limited or not known yet", () => {
  const words = { placeholder: "The lab’s default", hint: undefined };
  expect(limitWords({ capabilities: [], default_limits: none, largest_limits: none }, "memory_mib")).toEqual(words);
  expect(limitWords(undefined, "memory_mib")).toEqual(words);
});
