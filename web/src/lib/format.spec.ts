import { beforeAll, describe, expect, it, vi } from "vitest";

vi.stubGlobal("navigator", { language: "en" });
let format: typeof import("./format");
beforeAll(async () => {
  format = await import("./format");
});

describe("sizes", () => {
  it.each([
    [0, "0 B"], [999, "999 B"], [1000, "1.0 kB"], [123_456, "123 kB"], [999_600, "1.0 MB"], [5.2e12, "5.2 TB"],
  ])("shows %d bytes as %s", (bytes, text) => expect(format.formatBytes(bytes)).toBe(text));
});

describe("durations", () => {
  it.each([
    [0.34, "0.3 s"], [42.4, "42 s"], [62, "1 min 2 s"], [3_720, "1 h 2 min"], [200_000, "2 d 7 h"],
  ])("shows %d s as %s", (seconds, text) => expect(format.formatDuration(seconds)).toBe(text));
});

describe("metrics", () => {
  it.each([
    [0.912345678, "0.91235"], [1e-7, "1.000e-7"], [0, "0"], [NaN, "NaN"], [12_345_678, "1.235e+7"],
  ])("shows %d as %s", (value, text) => expect(format.formatMetric(value)).toBe(text));
});

describe("times past", () => {
  it.each([
    [-5, "now"], [-61, "1 min. ago"], [-7200, "2 hr. ago"], [-90_000, "yesterday"],
  ])("shows %d s as %s", (seconds, text) => expect(format.formatAgo(seconds * 1000, 0)).toBe(text));
});
