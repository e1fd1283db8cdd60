// Which markets are wanted now. Facts come in (a full listing, the answer to a look-up, a lifecycle event, a failure, time),
// changes of the set and questions to the exchange come out.
//
//   listed, or created and found ──> member ── closed, settled ──> leaving ── keepAfterClose over ──> removed
//                                      ^  │ close time reached, or missing from a listing
//                                      │  v
//                                   a question to the exchange: the answer decides, silence does not
//
// Absence is never evidence. A market that a listing lacks may be paused, or new; it is asked about by name. A question that
// fails is asked again, ever more slowly, and changes nothing. No market at all is a state, `empty`.
//
// Each market is taken by itself. One that cannot be read or recorded is named, with the reason, for as long as the listings
// have it so; the others go on.
//
// The state is changed in place, as the feed's is: it holds thousands of markets, and events come for each of them.
import { hasEnded, isNamed, isUnknownStatus, judge, type ListedMarket } from './market-set-rules.ts';
import type {
  MarketChange,
  MarketSetInput,
  MarketSetState,
  MarketSetStep,
  Member,
  Question,
  Refusal,
} from './market-set-state.ts';

const RETRY = { baseMs: 1_000, maxMs: 60_000 };
/** Answers without a member before it counts as gone: one such answer may come from a replica that lags behind. */
const MISSES_OF_A_MEMBER = 3;
/** Answers without an announced market before it is left to the listings; with the delays between, about three minutes. */
const MISSES_OF_A_NEW_ONE = 10;
/** A newcomer takes a member's place under the limit only with more than so many times its volume: near ranks must not flap. */
const OUTRANKS = 2;

/** Takes one fact, changes `state` accordingly, and says what is to be done about it. */
export function step(state: MarketSetState, input: MarketSetInput): MarketSetStep {
  const add: MarketChange[] = [];
  const remove: MarketChange[] = [];
  const refused: Refusal[] = [];
  switch (input.type) {
    case 'listed':
      takeListing(state, input, { add, remove, refused });
      break;
    case 'listing-failed':
      listingFailed(state, input);
      break;
    case 'looked-up':
      takeAnswers(state, input, { add, refused });
      break;
    case 'look-up-failed':
      state.counters.lookUpFailures++;
      for (const ticker of input.asked) {
        const question = state.questions.get(ticker);
        if (question) postpone(question, question.failures++, input);
      }
      break;
    case 'lifecycle':
      // Thousands may come at once, for all markets of the exchange. What follows from them is done together, at once after.
      if (takeLifecycle(state, input, refused)) state.wakeAtMs = input.atMs;
      return { add, remove, refused, list: false, lookUp: [], roll: null, wakeAtMs: state.wakeAtMs };
    case 'events-missed':
      // A listing that is under way may have been made before.
      if (state.listing.asked) state.listing.againAtMs = Math.min(state.listing.againAtMs, input.atMs + input.withinMs);
      else state.listing.dueAtMs = Math.min(state.listing.dueAtMs, input.atMs + input.withinMs);
      break;
    case 'time-passed':
      break;
  }
  return finish(state, input, add, remove, refused);
}

type Changes = { readonly add: MarketChange[]; readonly remove: MarketChange[]; readonly refused: Refusal[] };

function listingFailed(
  { listing, counters }: MarketSetState,
  { atMs, random }: Input<'listing-failed' | 'listed'>,
): void {
  counters.listingFailures++;
  listing.asked = false;
  listing.dueAtMs = atMs + backoffMs(listing.failures++, random);
}

/** Named until a whole listing, or an answer about it, is without it. */
function refuse(state: MarketSetState, { market, reason }: Refusal, refused: Refusal[], known = state.refused): void {
  if (!known.has(market)) refused.push({ market, reason });
  state.refused.set(market, reason);
}

/** A delay before attempt number `attempt` + 1: doubled each time, half of it jitter. */
function backoffMs(attempt: number, random: number): number {
  const mostMs = Math.min(RETRY.maxMs, RETRY.baseMs * 2 ** Math.min(attempt, 16));
  return Math.round(mostMs * (0.5 + random / 2));
}

function postpone(question: Question, attempt: number, { atMs, random }: { atMs: number; random: number }): void {
  question.asked = false;
  question.dueAtMs = atMs + backoffMs(attempt, random);
}

function ask(state: MarketSetState, ticker: string, dueAtMs: number): void {
  const question = state.questions.get(ticker);
  if (question) {
    if (!question.asked) question.dueAtMs = Math.min(question.dueAtMs, dueAtMs);
  } else {
    state.questions.set(ticker, { dueAtMs, asked: false, answers: 0, misses: 0, failures: 0 });
  }
}

type Input<T extends MarketSetInput['type']> = Extract<MarketSetInput, { type: T }>;

function takeListing(state: MarketSetState, input: Input<'listed'>, { add, remove, refused }: Changes): void {
  const { rules, members, counters } = state;
  const { atMs, wallMs, markets, isWhole } = input;
  const before = new Map(state.refused);
  if (isWhole) listingDone(state, input);
  else listingFailed(state, input);

  const newcomers: ListedMarket[] = [];
  const listed = new Set<string>();
  for (const market of markets) {
    if (listed.has(market.ticker)) continue;
    listed.add(market.ticker);
    const member = members.get(market.ticker);
    if (member) refresh(state, market, member);
    else if (isUnknownStatus(market)) refuse(state, unknownStatus(market), refused, before);
    else if (judge(market, rules, wallMs) === 'wanted') newcomers.push(market);
  }
  for (const refusal of input.refused) {
    if (listed.has(refusal.market)) continue;
    // It cannot be read, and is there all the same.
    listed.add(refusal.market);
    refuse(state, refusal, refused, before);
  }
  if (isWhole) {
    for (const [ticker, member] of members) {
      if (!listed.has(ticker) && member.leaveAtMs === null) ask(state, ticker, atMs);
    }
  }

  newcomers.sort((a, b) => b.volume - a.volume || (a.ticker < b.ticker ? -1 : 1));
  const weakest = stayingByVolume(state);
  // More than the limit only where one that was leaving turned out to be open after all.
  while (weakest.length > rules.limit) drop(state, weakest.shift()![0], 'least traded above the limit', remove);
  let room = rules.limit - weakest.length;
  let placed = 0;
  for (const market of newcomers) {
    if (room > 0) room--;
    else {
      const [ticker, member] = weakest.shift() ?? [];
      if (ticker === undefined || !member || market.volume <= member.volume * OUTRANKS) break;
      drop(state, ticker, `outranked by volume by ${market.ticker}`, remove);
    }
    join(state, market, 'listed', add);
    placed++;
  }
  counters.overLimit = newcomers.length - placed;
}

function listingDone({ listing, counters, rules, refused }: MarketSetState, { atMs, random }: Input<'listed'>): void {
  counters.listings++;
  listing.asked = false;
  listing.failures = 0;
  // Recorders that were started together must not go on asking together.
  const nextMs = atMs + Math.round(rules.reconcileEveryMs * (0.9 + random / 5));
  listing.dueAtMs = Math.min(nextMs, Math.max(atMs, listing.againAtMs));
  listing.againAtMs = Infinity;
  refused.clear();
}

const unknownStatus = ({ ticker, status }: ListedMarket): Refusal => ({
  market: ticker,
  reason: `its status ${JSON.stringify(status.slice(0, 40))} is not known`,
});

/** Those that count against the limit, the least traded first. What is leaving has made room already. */
const stayingByVolume = ({ members }: MarketSetState): [string, Member][] =>
  [...members].filter(([, { leaveAtMs }]) => leaveAtMs === null).toSorted(([, a], [, b]) => a.volume - b.volume);

function refresh(state: MarketSetState, market: ListedMarket, member: Member): void {
  member.volume = market.volume;
  member.closeAtMs = market.closeAtMs;
  member.leaveAtMs = null;
  const question = state.questions.get(market.ticker);
  if (question && !question.asked) state.questions.delete(market.ticker);
}

function join(state: MarketSetState, market: ListedMarket, reason: string, add: MarketChange[]): void {
  const { ticker, volume, closeAtMs } = market;
  state.members.set(ticker, { volume, closeAtMs, leaveAtMs: null, leaveReason: '' });
  state.questions.delete(ticker);
  state.counters.added++;
  add.push({ market: ticker, reason });
}

function drop(state: MarketSetState, ticker: string, reason: string, remove: MarketChange[]): void {
  state.members.delete(ticker);
  state.questions.delete(ticker);
  state.counters.removed++;
  remove.push({ market: ticker, reason });
}

function leave(state: MarketSetState, ticker: string, member: Member, reason: string, atMs: number): void {
  state.questions.delete(ticker);
  if (member.leaveAtMs !== null) return;
  member.leaveAtMs = atMs + state.rules.keepAfterCloseMs;
  member.leaveReason = reason;
}

function takeAnswers(
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
      takeUnreadable(state, refusal, question, input, refused);
      continue;
    }
    question.failures = 0;
    state.refused.delete(ticker);
    if (!market) takeMissing(state, ticker, question, input);
    else if (isUnknownStatus(market) && !state.members.has(ticker)) {
      state.questions.delete(ticker);
      refuse(state, unknownStatus(market), refused);
    } else takeFound(state, market, question, input, add);
  }
}

/** It is there, and says nothing that could be understood: no reason to let a member go. Of others the listings tell. */
function takeUnreadable(
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

function takeFound(
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

function takeMissing(state: MarketSetState, ticker: string, question: Question, input: Input<'looked-up'>): void {
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

/** @returns whether it concerns the set */
function takeLifecycle(state: MarketSetState, input: Input<'lifecycle'>, refused: Refusal[]): boolean {
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

/** What time brings about, and what is due. */
function finish(
  state: MarketSetState,
  { atMs, wallMs }: MarketSetInput,
  add: readonly MarketChange[],
  remove: MarketChange[],
  refused: readonly Refusal[],
): MarketSetStep {
  const { members, questions, listing } = state;
  let wakeAtMs = Infinity;
  let staying = 0;
  for (const [ticker, member] of members) {
    const { leaveAtMs, closeAtMs } = member;
    if (leaveAtMs !== null) {
      if (leaveAtMs <= atMs) drop(state, ticker, member.leaveReason, remove);
      else wakeAtMs = Math.min(wakeAtMs, leaveAtMs);
      continue;
    }
    staying++;
    if (closeAtMs === null) continue;
    if (closeAtMs > wallMs) wakeAtMs = Math.min(wakeAtMs, atMs + closeAtMs - wallMs);
    else if (!questions.has(ticker)) ask(state, ticker, atMs);
  }
  const lookUp: string[] = [];
  for (const [ticker, question] of questions) {
    if (question.asked) continue;
    if (question.dueAtMs <= atMs) {
      question.asked = true;
      lookUp.push(ticker);
    } else {
      wakeAtMs = Math.min(wakeAtMs, question.dueAtMs);
    }
  }
  const list = !listing.asked && listing.dueAtMs <= atMs;
  if (list) listing.asked = true;
  else if (!listing.asked) wakeAtMs = Math.min(wakeAtMs, listing.dueAtMs);
  state.wakeAtMs = wakeAtMs;
  return { add, remove, refused, list, lookUp, roll: takeRoll(state, staying), wakeAtMs };
}

function takeRoll(state: MarketSetState, staying: number): 'empty' | 'open' | null {
  // One that cannot be recorded is open all the same.
  const now = staying + state.refused.size > 0 ? 'open' : 'empty';
  // Before the first listing nobody knows.
  if (state.roll === now || (now === 'empty' && state.counters.listings === 0)) return null;
  state.roll = now;
  return now;
}
