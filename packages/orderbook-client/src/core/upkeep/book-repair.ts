// What is under way for a book that is not synced, for people. Nothing depends on it.
import type { BookRepair, RepairStep } from '../../events.ts';
import type { BookRequest } from '../state/book-requests.ts';
import { isOpen, type FeedState } from '../state/feed-state.ts';
import { bookDueMs } from './late-answers.ts';

const NUMBERS: Readonly<Record<RepairStep, number | null>> = {
  subscribe: null,
  verify: null,
  snapshot: 0,
  'out-and-in': 1,
  'new-sid': 2,
  'new-connection': 3,
};

/** @param nowMs of the clock of `state.monotonicMs` */
export function bookRepair(state: FeedState, market: string, nowMs: number): BookRepair | null {
  const book = state.books.get(market);
  if (!book || book.synced || state.phase === 'idle' || state.phase === 'closed') return null;
  if (!isOpen(state)) {
    const isWaiting = state.phase === 'waiting';
    return told('new-connection', state.attempt + (isWaiting ? 0 : 1), isWaiting ? state.retryAtMs - nowMs : null);
  }
  if (book.suspended) return told('verify', 1, null);
  const request = state.requests.get(market);
  const step = stepOf(state, market, request);
  if (!request) return told(step, 0, null);
  const inVain = request.tries + (state.books.isBroken(market) ? Math.max(state.repairStep, 0) : 0);
  return told(step, inVain + 1, bookDueMs(state, market, request) - nowMs);
}

function stepOf(state: FeedState, market: string, request: BookRequest | undefined): RepairStep {
  if (request?.method === 'get-snapshot') return 'snapshot';
  if (request?.method === 'delete-and-add') return 'out-and-in';
  if (state.repairStep >= 2) return 'new-sid';
  return state.orderbook.membership.confirmed.has(market) ? 'snapshot' : 'subscribe';
}

/** Until a question has left, nobody knows when it is due. */
const told = (step: RepairStep, attempts: number, nextTryInMs: number | null): BookRepair => ({
  step,
  number: NUMBERS[step],
  attempts,
  nextTryInMs: nextTryInMs !== null && Number.isFinite(nextTryInMs) ? Math.max(0, Math.round(nextTryInMs)) : null,
});
