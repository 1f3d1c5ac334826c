import { expect, it } from "vitest";

import { indented, isImage, isText } from "./preview";

it.each(["model/MLmodel", "a.json", "requirements.TXT"])("shows %s as text", (path) => expect(isText(path)).toBe(true));
it("knows images, and what cannot be shown", () => {
  expect(isImage("plots/roc.PNG")).toBe(true);
  expect(isText("model.pkl") || isImage("model.pkl")).toBe(false);
});
it("indents JSON, and leaves a cut one as it is", () => {
  expect(indented('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(indented('{"a":')).toBe('{"a":');
});
