import type { ExportUnits } from '@trader/session-store';

/** What the client's integers stand for: files say it, so that nobody has to guess. */
export const UNITS: ExportUnits = { price: { unit: 'dollar', scale: 10_000 }, size: { unit: 'contract', scale: 100 } };
