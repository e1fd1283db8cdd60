// Dead or quiet? Pings prove the socket, and nothing else. So one book after the other is asked for again, slowly, and at
// once where the silence is unusual for the subscription or the market: the answer proves that the subscription lives,
// and shows whether the book is right. Silence is not evidence; an unanswered question is.
import { OrderbookClientError } from '../../errors.ts';
import type { Level } from '../book/book.ts';
import type { BookView } from '../book/book-view.ts';
import type { SnapshotMessage } from '../decode/decode.ts';
import { formatPrice, formatSize } from '../price/price.ts';
import { isOpen, markStale, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { sendCommand } from '../state/outbox.ts';
import { isUnusual, LOOK_INTERVAL_MS } from '../state/silence.ts';

/** Starts the wait for the next audit; jittered, so that many clients do not ask together. */
export function scheduleAudit({ config, readingPaused }: FeedState, effects: FeedEffect[]): void {
  if (readingPaused || config.auditIntervalMs === Infinity) return;
  const delayMs = Math.round(config.auditIntervalMs * (0.5 + config.random()));
  effects.push({ type: 'start-timer', timer: 'audit', delayMs });
}

/** Asks for the book of the market whose turn it is. A stale one is being asked for anyway. */
export function audit(state: FeedState, effects: FeedEffect[]): void {
  if (!isOpen(state)) return;
  scheduleAudit(state, effects);
  auditNext(state, effects);
}

/** Asks now. */
export function auditNext(state: FeedState, effects: FeedEffect[]): void {
  const market = state.audit ? undefined : state.books.nextSynced();
  if (market !== undefined) ask(state, market, effects);
}

/** Starts looking at how long nothing has come: on a timer of its own, whatever else is going on. */
export function watchSilence(effects: FeedEffect[]): void {
  effects.push({ type: 'start-timer', timer: 'silence', delayMs: LOOK_INTERVAL_MS });
}

/** Asks where the silence is longer than the past explains. */
export function lookForSilence(state: FeedState, effects: FeedEffect[]): void {
  if (!isOpen(state)) return;
  watchSilence(effects);
  const { books, dataAtMs, usualGapMs, monotonicMs: nowMs } = state;
  const market = isUnusual(nowMs - dataAtMs, usualGapMs) ? books.latestChanged() : books.unusuallySilent(nowMs);
  if (market !== undefined) ask(state, market, effects);
}

/** One question at a time. */
function ask(state: FeedState, market: string, effects: FeedEffect[]): void {
  const { sid, ending } = state.orderbook;
  if (sid === null || ending || state.audit || state.phase !== 'live') return;
  const params = { sid, action: 'get_snapshot' as const, market_tickers: [market] };
  const purpose = { kind: 'audit', channel: 'orderbook_delta', sid } as const;
  const command = state.commands.issue({ cmd: 'update_subscription', params }, purpose);
  // The wait for the answer starts when the command leaves.
  state.audit = { market, commandId: command.id, sending: command.sending };
  sendCommand(state, command, effects);
}

/** A snapshot has come, and is not yet in the book: if it answers the audit, the two are compared. */
export function compareAudited(
  state: FeedState,
  { market, commandId, yes, no }: SnapshotMessage,
  book: BookView,
  atMs: number,
  effects: FeedEffect[],
): void {
  if (state.audit?.market !== market || (commandId !== null && commandId !== state.audit.commandId)) return;
  const differences = [...differing('yes', book.levels('yes'), yes), ...differing('no', book.levels('no'), no)];
  // An empty one without an id may as well be the one that comes by itself when a market closes.
  if (commandId === null && differences.length > 0 && yes.length + no.length === 0) return;
  state.requests.noteAnswered(state.audit.sending.order);
  endAudit(state, effects);
  if (!book.synced) return;
  effects.push({ type: 'audited', epoch: state.epoch, market, differences: differences.length, atMs });
  if (differences.length === 0) {
    state.counters.audited++;
    return;
  }
  state.counters.desyncs++;
  const text = `The book of ${market} was wrong at ${differences.length} levels (${differences[0]}); the exchange's replaces it.`;
  const error = new OrderbookClientError('BOOK_DESYNCED', text, { market });
  effects.push({ type: 'problem', error, retryInMs: null, atMs });
}

/** The exchange refuses, or sends what cannot be used: that says nothing about the book. */
export function endAuditOf(state: FeedState, market: string | null, effects: FeedEffect[]): void {
  if (market === null || state.audit?.market === market) endAudit(state, effects);
}

/** Nobody has answered: the market is repaired like one that was found wrong. */
export function auditUnanswered(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  const market = state.audit?.market;
  endAudit(state, effects);
  if (market === undefined || !isOpen(state)) return;
  markStale(state, [market], 'unanswered', atMs, effects);
}

/** Nothing is asked until the next {@link scheduleAudit} and {@link watchSilence}. */
export function stopAudits(state: FeedState, effects: FeedEffect[]): void {
  endAudit(state, effects);
  for (const timer of ['audit', 'silence'] as const) effects.push({ type: 'stop-timer', timer });
}

/** The question is answered, or has no meaning any more. */
function endAudit(state: FeedState, effects: FeedEffect[]): void {
  if (!state.audit) return;
  state.audit = null;
  state.commands.forget('audit');
  effects.push({ type: 'stop-timer', timer: 'probe' });
}

function differing(side: string, ours: readonly Level[], theirs: readonly Level[]): string[] {
  const sizes = new Map(ours);
  const wrong = theirs.flatMap(([price, size]) => {
    const own = sizes.get(price) ?? 0;
    sizes.delete(price);
    return own === size ? [] : [describe(side, price, own, size)];
  });
  return [...wrong, ...[...sizes].map(([price, own]) => describe(side, price, own, 0))];
}

const describe = (side: string, price: number, ours: number, theirs: number): string =>
  `${side} ${formatPrice(price)}: ${formatSize(ours)} here, ${formatSize(theirs)} there`;
