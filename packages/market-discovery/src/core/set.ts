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
// The state is changed in place: it holds thousands of markets, and events come for each of them.
import { acceptAnswers } from './accept-answers.ts';
import { acceptLifecycle } from './accept-lifecycle.ts';
import { acceptListing, postponeListing } from './accept-listing.ts';
import { ask, drop, postpone } from './membership.ts';
import type { MarketChange, MarketSetInput, MarketSetState, MarketSetStep, Refusal } from './state.ts';

/** Takes one fact, changes `state` accordingly, and says what is to be done about it. */
export function step(state: MarketSetState, input: MarketSetInput): MarketSetStep {
  const add: MarketChange[] = [];
  const remove: MarketChange[] = [];
  const refused: Refusal[] = [];
  switch (input.type) {
    case 'listed':
      acceptListing(state, input, { add, remove, refused });
      break;
    case 'listing-failed':
      postponeListing(state, input);
      break;
    case 'looked-up':
      acceptAnswers(state, input, { add, refused });
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
      if (acceptLifecycle(state, input, refused)) state.wakeAtMs = input.atMs;
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
  return { add, remove, refused, list, lookUp, roll: decideRoll(state, staying), wakeAtMs };
}

function decideRoll(state: MarketSetState, staying: number): 'empty' | 'open' | null {
  // One that cannot be recorded is open all the same.
  const now = staying + state.refused.size > 0 ? 'open' : 'empty';
  // Before the first listing nobody knows.
  if (state.roll === now || (now === 'empty' && state.counters.listings === 0)) return null;
  state.roll = now;
  return now;
}
