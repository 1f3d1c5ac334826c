// @vitest-environment node
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it } from "vitest";

import { folderFiles, tarGz } from "./tar";

it("makes an archive that tar unpacks", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tar-"));
  try {
    const deep = `${"folder/".repeat(20)}größe.py`;
    const archive = await tarGz([{ path: "train.py", blob: new Blob(["print(1)\n"]) }, { path: deep, blob: new Blob(["x".repeat(1000)]) }]);
    writeFileSync(join(folder, "code.tar.gz"), new Uint8Array(await archive.arrayBuffer()));
    execFileSync("tar", ["-xzf", "code.tar.gz"], { cwd: folder });
    expect(readFileSync(join(folder, "train.py"), "utf8")).toBe("print(1)\n");
    expect(readFileSync(join(folder, deep), "utf8")).toHaveLength(1000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("refuses a path that tar has no room for", async () => {
  await expect(tarGz([{ path: "x".repeat(300), blob: new Blob() }])).rejects.toThrow("too long");
});

it("leaves at home what the command line leaves there", () => {
  const file = (path: string) => Object.defineProperty(new File([], "f"), "webkitRelativePath", { value: path });
  const chosen = ["app/train.py", "app/.git/config", "app/src/__pycache__/a.pyc", "app/src/a.py"].map(file);
  expect(folderFiles(chosen).map((each) => each.path)).toEqual(["train.py", "src/a.py"]);
});
