import { expect, test } from "vitest";

import { crumbsOf } from "./crumbs";

const unnamed = (): undefined => undefined;

test("each page on the way is a step", () => {
  const crumbs = crumbsOf("/projects/demo/jobs", () => true, unnamed);
  expect(crumbs.map((crumb) => crumb.path)).toEqual(["/projects", "/projects/demo", "/projects/demo/jobs"]);
});

test("what has no page joins the next step's name", () => {
  const crumbs = crumbsOf("/projects/demo/jobs/train/runs/3", (path) => !path.endsWith("runs"), unnamed);
  expect(crumbs.at(-1)).toEqual({ path: "/projects/demo/jobs/train/runs/3", label: "runs/3" });
});

test("names of pages win over parts of the address", () => {
  const crumbs = crumbsOf("/projects/a%20b", () => true, (path) => (path === "/projects" ? "Projects" : undefined));
  expect(crumbs.map((crumb) => crumb.label)).toEqual(["Projects", "a b"]);
});

test("a broken escape is shown as it stands", () => {
  expect(crumbsOf("/%zz", () => true, unnamed)[0]?.label).toBe("%zz");
});
