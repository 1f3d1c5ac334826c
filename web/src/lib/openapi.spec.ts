import { expect, it } from "vitest";

import { readApi } from "./openapi";

const document = {
  openapi: "3.1.0",
  info: { title: "Wine", version: "2" },
  paths: {
    "/score": {
      parameters: [{ name: "trace", in: "header", schema: { type: "string" } }],
      post: {
        summary: "Score",
        parameters: [{ $ref: "#/components/parameters/Deep" }],
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Wine" } } } },
        responses: { 200: { description: "Good" } },
      },
    },
  },
  components: {
    parameters: { Deep: { name: "deep", in: "query", required: true, schema: { type: "boolean" } } },
    schemas: {
      Wine: { type: "object", properties: { acid: { type: "number" }, kind: { enum: ["red"] }, parts: { type: "array", items: { $ref: "#/components/schemas/Wine" } } } },
    },
  },
};

it("reads what a service can be asked", () => {
  const read = readApi(JSON.stringify(document));
  expect(read?.operations).toHaveLength(1);
  const [score] = read?.operations ?? [];
  expect(score).toMatchObject({ method: "POST", path: "/score", summary: "Score", responses: [["200", "Good"]] });
  expect(score?.parameters.map((each) => [each.name, each.where, each.isRequired, each.type])).toEqual([
    ["trace", "header", false, "string"], ["deep", "query", true, "boolean"],
  ]);
});

it("makes up a body, however deep a schema is in itself", () => {
  const body = JSON.parse(readApi(JSON.stringify(document))?.operations[0]?.body ?? "") as Record<string, unknown>;
  expect(body).toMatchObject({ acid: 0.5, kind: "red" });
});

it.each(["<html>", "{}", "[]", "null", '"text"'])("takes %s for no document", (text) => expect(readApi(text)).toBeNull());

it.each([{ paths: [1] }, { paths: { "/x": 3, "/y": { get: null } } }, { info: 7, paths: { "/x": { get: { parameters: 4, responses: "no" } } } }])("survives %j", (odd) => {
  expect(readApi(JSON.stringify({ openapi: "3", ...odd }))).not.toBeNull();
});
