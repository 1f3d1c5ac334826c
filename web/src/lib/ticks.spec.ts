import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ticksOf } from "./ticks";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("tells all at one pace by one timer, and none once nobody listens", () => {
  const { subscribe, read } = ticksOf(1000);
  const heard: number[] = [];
  const leaves = [subscribe(() => heard.push(read())), subscribe(() => heard.push(read()))];
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(heard).toEqual([Date.now(), Date.now()]);
  leaves.forEach((leave) => leave());
  expect(vi.getTimerCount()).toBe(0);
});

it("does not tell an old time to who comes after a pause", () => {
  const { read } = ticksOf(500);
  vi.advanceTimersByTime(60_000);
  expect(read()).toBe(Date.now());
  expect(ticksOf(500).read).toBe(read);
});
