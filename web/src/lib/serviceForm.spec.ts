import { expect, it } from "vitest";

import { emptyForm, formOf, type Spec, specOf } from "./serviceForm";

const command: Spec = {
  command: "serve", model: null, code: { kind: "upload", id: "code_1" }, requirements: ["numpy"], environment: { A: "b=c" },
  ports: [8080, 9090], health_path: "/health", image: "python:3", limits: { cpu_cores: 0.5, memory_mib: 512, gpus: 0, gpu_ids: ["GPU-1"] }, restart: false,
};

it("shows a spec and means the same again", () => expect(specOf(formOf("web", command), command, null)).toEqual(command));

it.each([
  ["v:3", { name: "wine", version: "3", alias: null }],
  ["a:best", { name: "wine", version: null, alias: "best" }],
  ["", { name: "wine", version: null, alias: null }],
])("reads which version %j means", (which, model) => {
  const spec = specOf({ ...emptyForm({ model: "wine" }), which }, null, null);
  expect([spec.model, spec.command]).toEqual([model, null]);
});

it("refers to code that was sent, to a repository or a dataset", () => {
  const code = (codeKind: "file" | "git" | "dataset", text = "") => specOf({ ...emptyForm(), codeKind, code: text }, null, "code_2").code;
  expect(code("file")).toEqual({ kind: "upload", id: "code_2" });
  expect(code("git", " git+https://x/y.git ")).toEqual({ kind: "git", url: "git+https://x/y.git" });
  expect(code("dataset", "datasets/app.zip")).toEqual({ kind: "dataset", key: "app.zip" });
});
