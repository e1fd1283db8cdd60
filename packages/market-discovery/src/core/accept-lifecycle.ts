// What the exchange tells of a market's life, on the WebSocket's channel `market_lifecycle_v2`.
import { isNamed } from './rules.ts';
import { ask, leave, refuse, type Input } from './membership.ts';
import type { MarketSetState, Refusal } from './state.ts';

/** @returns whether it concerns the set */
export function acceptLifecycle(state: MarketSetState, input: Input<'lifecycle'>, refused: Refusal[]): boolean {
  const { market: ticker, change, atMs, wallMs, openAtMs, closeAtMs, eventTicker, refusal } = input;
  const member = state.members.get(ticker);
  switch (change) {
    case 'determined':
    case 'settled':
      if (!member) return state.questions.delete(ticker);
      leave(state, ticker, member, `it was ${change}`, atMs);
      return true;
    case 'close_date_updated':
      if (!member || closeAtMs === null) return false;
      member.closeAtMs = closeAtMs;
      return true;
    case 'created':
    case 'activated': {
      // Opening sends no event of its own, and REST may not know the market yet.
      if (member || !isNamed(ticker, eventTicker, state.rules)) return false;
      if (refusal !== null) {
        refuse(state, { market: ticker, reason: refusal }, refused);
        return false;
      }
      const early = state.rules.status.includes('unopened') || openAtMs === null;
      ask(state, ticker, early ? atMs : atMs + Math.max(0, openAtMs - wallMs));
      return true;
    }
    // A pause is not an end; other changes do not concern whether a book is wanted.
    default:
      return false;
  }
}
