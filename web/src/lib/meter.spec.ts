import { expect, test } from "vitest";

import { Meter } from "./meter";

test("a steady stream has its speed", () => {
  const meter = new Meter();
  for (let second = 0; second <= 10; second += 1) meter.add(second * 1000, second * 500);
  expect(meter.speed).toBeCloseTo(500);
});

test("a stall brings the speed down, not at once", () => {
  const meter = new Meter();
  meter.add(0, 0);
  meter.add(1000, 1000);
  meter.add(4000, 1000);
  expect(meter.speed).toBeCloseTo(500);
});

test("what begins anew is no negative speed", () => {
  const meter = new Meter();
  meter.add(0, 1000);
  meter.add(1000, 2000);
  meter.add(2000, 0);
  expect(meter.speed).toBe(1000);
  meter.reset();
  expect(meter.speed).toBeNull();
});
