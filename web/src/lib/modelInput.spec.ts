import { expect, it } from "vitest";

import { bodyOfSignature, servedVersion } from "./modelInput";

const signature = (inputs: string) => `flavors:\n  python_function:\n    loader: x\nsignature:\n  inputs: '${inputs}'\n  outputs: '[]'\n`;

it("names the version that is served", () => {
  expect([servedVersion("models:/a/b/12"), servedVersion("models:/a"), servedVersion(null)]).toEqual(["12", null, null]);
});

it("fills the columns of a table, over folded lines", () => {
  const body = bodyOfSignature(signature('[{"type": "double", "name": "acid\'\'s",\n    "required": true}, {"type": "string", "name": "kind"}]'));
  expect(JSON.parse(body ?? "")).toEqual({ dataframe_split: { columns: ["acid's", "kind"], data: [[0.5, "text"]] } });
});

it("fills a tensor", () => {
  const body = bodyOfSignature(signature('[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}}]'));
  expect(JSON.parse(body ?? "")).toEqual({ inputs: [[0.5, 0.5]] });
});

it.each(["flavors: {}", signature("nonsense")])("says nothing of a file without a signature", (file) => expect(bodyOfSignature(file)).toBeNull());
