// The moves of the set that several facts bring about: who joins, leaves, is dropped, is refused or is asked about, and when a
// question is put again.
import type { ListedMarket } from './rules.ts';
import type { MarketChange, MarketSetInput, MarketSetState, Member, Question, Refusal } from './state.ts';

const RETRY = { baseMs: 1_000, maxMs: 60_000 };

export type Changes = { readonly add: MarketChange[]; readonly remove: MarketChange[]; readonly refused: Refusal[] };

export type Input<T extends MarketSetInput['type']> = Extract<MarketSetInput, { type: T }>;

/** Named until a whole listing, or an answer about it, is without it. */
export function refuse(
  state: MarketSetState,
  { market, reason }: Refusal,
  refused: Refusal[],
  known = state.refused,
): void {
  if (!known.has(market)) refused.push({ market, reason });
  state.refused.set(market, reason);
}

/** A delay before attempt number `attempt` + 1: doubled each time, half of it jitter. */
export function backoffMs(attempt: number, random: number): number {
  const mostMs = Math.min(RETRY.maxMs, RETRY.baseMs * 2 ** Math.min(attempt, 16));
  return Math.round(mostMs * (0.5 + random / 2));
}

export function postpone(
  question: Question,
  attempt: number,
  { atMs, random }: { atMs: number; random: number },
): void {
  question.asked = false;
  question.dueAtMs = atMs + backoffMs(attempt, random);
}

export function ask(state: MarketSetState, ticker: string, dueAtMs: number): void {
  const question = state.questions.get(ticker);
  if (question) {
    if (!question.asked) question.dueAtMs = Math.min(question.dueAtMs, dueAtMs);
  } else {
    state.questions.set(ticker, { dueAtMs, asked: false, answers: 0, misses: 0, failures: 0 });
  }
}

export const unknownStatus = ({ ticker, status }: ListedMarket): Refusal => ({
  market: ticker,
  reason: `its status ${JSON.stringify(status.slice(0, 40))} is not known`,
});

/** Those that count against the limit, the least traded first. What is leaving has made room already. */
export const stayingByVolume = ({ members }: MarketSetState): [string, Member][] =>
  [...members].filter(([, { leaveAtMs }]) => leaveAtMs === null).toSorted(([, a], [, b]) => a.volume - b.volume);

export function refresh(state: MarketSetState, market: ListedMarket, member: Member): void {
  member.volume = market.volume;
  member.closeAtMs = market.closeAtMs;
  member.leaveAtMs = null;
  const question = state.questions.get(market.ticker);
  if (question && !question.asked) state.questions.delete(market.ticker);
}

export function join(state: MarketSetState, market: ListedMarket, reason: string, add: MarketChange[]): void {
  const { ticker, volume, closeAtMs } = market;
  state.members.set(ticker, { volume, closeAtMs, leaveAtMs: null, leaveReason: '' });
  state.questions.delete(ticker);
  state.counters.added++;
  add.push({ market: ticker, reason });
}

export function drop(state: MarketSetState, ticker: string, reason: string, remove: MarketChange[]): void {
  state.members.delete(ticker);
  state.questions.delete(ticker);
  state.counters.removed++;
  remove.push({ market: ticker, reason });
}

export function leave(state: MarketSetState, ticker: string, member: Member, reason: string, atMs: number): void {
  state.questions.delete(ticker);
  if (member.leaveAtMs !== null) return;
  member.leaveAtMs = atMs + state.rules.keepAfterCloseMs;
  member.leaveReason = reason;
}
