import { expect, it } from "vitest";

import { mayBeMemory } from "./outcome";

it("guesses at memory only where nobody knows better", () => {
  expect(mayBeMemory("ended by signal 9 (SIGKILL)", 137)).toBe(true);
  expect(mayBeMemory("out of memory: it needed more than its limit of 64 MiB", 137)).toBe(false);
  expect(mayBeMemory("ended by signal 9 (SIGKILL), not by the lab: by itself", 137)).toBe(false);
  expect(mayBeMemory("exited with code 3; see the log", 3)).toBe(false);
});
