import { expect, it } from "vitest";

import { amountOf, linesOf, portsOf, variablesOf, variablesText } from "./program";

it("reads variables, and writes them back", () => {
  const found = variablesOf("# speed\nEPOCHS=3\n\nURL = http://x/?a=b");
  expect(found).toEqual({ EPOCHS: "3", URL: "http://x/?a=b" });
  expect(variablesOf(variablesText(found))).toEqual(found);
});

it("names the line that is no variable", () => expect(() => variablesOf("EPOCHS 3")).toThrow("EPOCHS 3"));

it("leaves out comments", () => expect(linesOf(" numpy>=2 \n# torch\n")).toEqual(["numpy>=2"]));

it("reads ports", () => expect(portsOf("8080, 9090 7000")).toEqual([8080, 9090, 7000]));

it.each(["x", "0", "70000"])("refuses %s as a port", (text) => expect(() => portsOf(text)).toThrow(text));

it.each([["", null], ["0,5", 0.5], ["2", 2]])("reads the amount %j", (text, value) => expect(amountOf(text)).toBe(value));
