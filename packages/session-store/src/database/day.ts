// Days are UTC days, counted from 1970-01-01. The large tables are partitioned by them.

export const dayMs = 86_400_000;

/** The day of a time in ms since the epoch. */
export const dayOf = (ms: number): number => Math.floor(ms / dayMs);
