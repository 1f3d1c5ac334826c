// MLflow's words for a run's state as the lab's.
const STATES = { RUNNING: "running", SCHEDULED: "pending", FINISHED: "succeeded", FAILED: "failed", KILLED: "stopped" } as const;

export const stateOf = (status: keyof typeof STATES) => STATES[status];

/** Numbers travel as numbers, but for NaN and the infinities, which are words. */
export const numberOf = (value: number | string): number => Number(value);
