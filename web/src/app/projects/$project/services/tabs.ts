// The parts of a service's page, as its address names them.
export const TABS = ["overview", "logs", "traffic", "try", "api", "keys"] as const;

export type Tab = (typeof TABS)[number];
