// A listing, whole or in part, or none: who joins, who is asked about because a whole one lacks it, and when the next is due.
import { isUnknownStatus, judge, type ListedMarket } from './rules.ts';
import {
  ask,
  backoffMs,
  drop,
  join,
  refresh,
  refuse,
  stayingByVolume,
  unknownStatus,
  type Changes,
  type Input,
} from './membership.ts';
import type { MarketSetState } from './state.ts';

/** A newcomer takes a member's place under the limit only with more than so many times its volume: near ranks must not flap. */
const OUTRANKS = 2;

export function acceptListing(state: MarketSetState, input: Input<'listed'>, { add, remove, refused }: Changes): void {
  const { rules, members, counters } = state;
  const { atMs, wallMs, markets, isWhole } = input;
  const before = new Map(state.refused);
  if (isWhole) scheduleListing(state, input);
  else postponeListing(state, input);

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

export function postponeListing(
  { listing, counters }: MarketSetState,
  { atMs, random }: Input<'listing-failed' | 'listed'>,
): void {
  counters.listingFailures++;
  listing.asked = false;
  listing.dueAtMs = atMs + backoffMs(listing.failures++, random);
}

function scheduleListing(
  { listing, counters, rules, refused }: MarketSetState,
  { atMs, random }: Input<'listed'>,
): void {
  counters.listings++;
  listing.asked = false;
  listing.failures = 0;
  // Recorders that were started together must not go on asking together.
  const nextMs = atMs + Math.round(rules.reconcileEveryMs * (0.9 + random / 5));
  listing.dueAtMs = Math.min(nextMs, Math.max(atMs, listing.againAtMs));
  listing.againAtMs = Infinity;
  refused.clear();
}
