import { describe, expect, it } from "vitest";

import { formOf, type JobSpec, specOf } from "./jobForm";

const SPEC: JobSpec = {
  command: "python train.py", code: { kind: "upload", id: "code_1" }, requirements: ["pandas>=2"], environment: { EPOCHS: "3" },
  image: null, limits: { cpu_cores: 2, memory_mib: 1024, gpus: 0, gpu_ids: ["GPU-1"] }, timeout_s: 90, retries: 2,
};

describe("the job form", () => {
  it("shows a spec and gives it back unchanged", () => {
    expect(specOf(formOf("train", SPEC), SPEC, null)).toEqual(SPEC);
  });

  it("takes an image, and none for the lab’s own", () => {
    expect(specOf({ ...formOf("train", SPEC), image: " python:3.12 " }, SPEC, null).image).toBe("python:3.12");
    const before = { ...SPEC, image: "python:3.12" };
    expect(specOf(formOf("train", before), before, null).image).toBe("python:3.12");
    expect(specOf({ ...formOf("train", before), image: "" }, before, null).image).toBeNull();
  });

  it("leaves to the lab what was not said", () => {
    expect(specOf({ ...formOf("train", null), command: "x" }, null, null)).toEqual({
      command: "x", code: null, requirements: [], environment: {}, image: null,
      limits: { cpu_cores: null, memory_mib: null, gpus: 0, gpu_ids: [] }, timeout_s: null, retries: 0,
    });
  });

  it.each([
    ["file", "code_2", { kind: "upload", id: "code_2" }],
    ["folder", "code_3", { kind: "upload", id: "code_3" }],
    ["git", null, { kind: "git", url: "datasets/a.zip" }],
    ["dataset", null, { kind: "dataset", key: "a.zip" }],
    ["none", null, null],
  ] as const)("takes code as %s", (codeKind, sent, code) => {
    expect(specOf({ ...formOf("train", SPEC), codeKind, code: "datasets/a.zip" }, SPEC, sent).code).toEqual(code);
  });

  it.each([["retries", "-1"], ["gpus", "1.5"], ["cpu", "fast"], ["variables", "EPOCHS"]])("refuses %s %j by name", (field, value) => {
    expect(() => specOf({ ...formOf("train", SPEC), [field]: value }, SPEC, null)).toThrow(value);
  });
});
