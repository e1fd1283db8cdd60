// Reads a session whole, and says which law it breaks.
import { ONE_DOLLAR } from '@trader/orderbook-client';
import type { Verification } from '@trader/session-store';
import type { JobWork } from './job-work.ts';

/** Without the markets, of which there may be a hundred thousand. */
export type VerifiedSession = Omit<Verification, 'markets' | 'session'> & { readonly markets: number };

export const verifySession: JobWork<VerifiedSession> = async (store, { id }, { signal, onProgress }) => {
  const { ok, laws, numbers, markets } = await store.verify(id, { maxPriceSum: ONE_DOLLAR, signal, onProgress });
  return { ok, laws, numbers, markets: markets.length };
};
