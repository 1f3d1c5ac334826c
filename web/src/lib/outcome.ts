// What to do about a workload that failed, beyond what its reason says.
const KILLED = 137;

/** Whether it may have been memory: it was killed, and the runtime does not know by whom. */
export const mayBeMemory = (reason: string, exitCode: number | null | undefined): boolean =>
  exitCode === KILLED && !reason.startsWith("out of memory") && !reason.includes("not by the lab");
