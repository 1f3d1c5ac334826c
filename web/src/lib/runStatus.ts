// MLflow's words for a run's state as the lab's.
const STATES = { RUNNING: "running", SCHEDULED: "pending", FINISHED: "succeeded", FAILED: "failed", KILLED: "stopped" } as const;

/** MLflow's words, as they stand in a search. */
export const RUN_STATES = Object.keys(STATES);

export const stateOf = (status: keyof typeof STATES) => STATES[status];

/** Numbers travel as numbers, but for NaN and the infinities, which are words. */
export const numberOf = (value: number | string): number => Number(value);
