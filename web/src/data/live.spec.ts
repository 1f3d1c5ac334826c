import { expect, it, vi } from "vitest";

vi.mock("./client", () => ({ apiUrl: (path: string) => path }));
const { touched } = await import("./live");

it("asks again for the thing, its project at a glance, what uses what there, and the start page", () => {
  expect(touched({ what: "job", project: "wine", id: "train" })).toEqual([["job", "wine"], ["overview", "wine"], ["uses", "wine"], ["home"]]);
});

it("asks again for what belongs to a person", () => {
  expect(touched({ what: "workspace", project: null, id: "ann" })).toEqual([["workspace"], ["home"]]);
});

it("asks again for projects when a membership changes: it may be the reader's own", () => {
  expect(touched({ what: "member", project: "wine", id: "ben" })).toContainEqual(["project"]);
});
