// Answers about markets by name: each settles its question, or the question is put again.
import { hasEnded, isUnknownStatus, judge, type ListedMarket } from './rules.ts';
import {
  join,
  leave,
  postpone,
  refresh,
  refuse,
  stayingByVolume,
  unknownStatus,
  type Changes,
  type Input,
} from './membership.ts';
import type { MarketChange, MarketSetState, Question, Refusal } from './state.ts';

/** Answers without a member before it counts as gone: one such answer may come from a replica that lags behind. */
const MISSES_OF_A_MEMBER = 3;
/** Answers without an announced market before it is left to the listings; with the delays between, about three minutes. */
const MISSES_OF_A_NEW_ONE = 10;

export function acceptAnswers(
  state: MarketSetState,
  input: Input<'looked-up'>,
  { add, refused }: Omit<Changes, 'remove'>,
): void {
  state.counters.lookUps++;
  const found = new Map(input.markets.map((market) => [market.ticker, market]));
  const unreadable = new Map(input.refused.map((refusal) => [refusal.market, refusal]));
  for (const ticker of input.asked) {
    const question = state.questions.get(ticker);
    // Something else settled it meanwhile.
    if (!question) continue;
    const market = found.get(ticker);
    const refusal = unreadable.get(ticker);
    if (!market && refusal) {
      acceptUnreadable(state, refusal, question, input, refused);
      continue;
    }
    question.failures = 0;
    state.refused.delete(ticker);
    if (!market) acceptMissing(state, ticker, question, input);
    else if (isUnknownStatus(market) && !state.members.has(ticker)) {
      state.questions.delete(ticker);
      refuse(state, unknownStatus(market), refused);
    } else acceptFound(state, market, question, input, add);
  }
}

/** It is there, and says nothing that could be understood: no reason to let a member go. Of others the listings tell. */
function acceptUnreadable(
  state: MarketSetState,
  refusal: Refusal,
  question: Question,
  input: Input<'looked-up'>,
  refused: Refusal[],
): void {
  refuse(state, refusal, refused);
  if (state.members.has(refusal.market)) postpone(question, question.failures++, input);
  else state.questions.delete(refusal.market);
}

function acceptFound(
  state: MarketSetState,
  market: ListedMarket,
  question: Question,
  input: Input<'looked-up'>,
  add: MarketChange[],
): void {
  const { ticker, closeAtMs, openAtMs } = market;
  const { atMs, wallMs } = input;
  const member = state.members.get(ticker);
  question.misses = 0;
  if (member) {
    if (hasEnded(market)) return leave(state, ticker, member, `it is ${market.status}`, atMs);
    question.asked = false;
    refresh(state, market, member);
    // Its time is over and it is open: it closes any moment, or closes late. It is asked about until that is known.
    if (closeAtMs !== null && closeAtMs <= wallMs) {
      state.questions.set(ticker, question);
      postpone(question, question.answers++, input);
    }
    return;
  }
  const verdict = judge(market, state.rules, wallMs);
  if (verdict === 'not-yet') {
    postpone(question, question.answers++, input);
    if (openAtMs !== null) question.dueAtMs = Math.max(question.dueAtMs, atMs + openAtMs - wallMs);
    return;
  }
  state.questions.delete(ticker);
  if (verdict === 'unwanted') return;
  // Full: the next listing weighs it against the others.
  if (stayingByVolume(state).length < state.rules.limit) join(state, market, 'announced', add);
}

function acceptMissing(state: MarketSetState, ticker: string, question: Question, input: Input<'looked-up'>): void {
  const member = state.members.get(ticker);
  question.misses++;
  if (member && question.misses >= MISSES_OF_A_MEMBER) {
    return leave(state, ticker, member, 'the exchange knows it no longer', input.atMs);
  }
  if (!member && question.misses >= MISSES_OF_A_NEW_ONE) {
    state.questions.delete(ticker);
    state.counters.neverFound++;
    return;
  }
  postpone(question, question.misses - 1, input);
}
