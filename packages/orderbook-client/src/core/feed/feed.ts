// The feed: one connection, one order-book subscription, the books, and what to do when any of them breaks.
//
//   idle ── start ──> connecting ── opened ──> subscribing ── every market answered ──> live
//                        ^  │                       │                                     │
//                        │  └──── failed ───────────┴───────────── lost ──────────────────┤
//                        └────────────── delay over ──── waiting <────────────────────────┘
//   any ── close ──> closed
//
// `step` is a function of the state and one input. It has no clock, no timers, no socket and no randomness of its own:
// inputs carry the time, effects ask the shell for the rest. The state is changed in place, because a book is not
// copied for each of a thousand deltas a second.
import { OrderbookClientError } from '../../errors.ts';
import { audit, auditUnanswered, lookForSilence } from '../upkeep/audit.ts';
import { barriersOverdue, requestBarrier } from './barrier.ts';
import { close, connect, fail, opened, pauseLasts, pauseReading, resumeReading } from './connection.ts';
import { isOpen, type FeedEffect, type FeedInput, type FeedState, type FeedTimer } from '../state/feed-state.ts';
import { acceptFrame } from './frames.ts';
import { openNextWindow } from '../state/outbox.ts';
import { membershipChanged, membershipWindowEnded } from '../upkeep/reconcile.ts';
import { lookForLateAnswers } from '../upkeep/late-answers.ts';
import { keepWaitsOwned } from '../upkeep/repair.ts';

/** Takes one input; the returned effects are to be performed in order. */
export function step(state: FeedState, input: FeedInput): readonly FeedEffect[] {
  const effects: FeedEffect[] = [];
  if (state.phase === 'closed') return refuse(input);
  switch (input.type) {
    case 'frame-received':
      if (isCurrent(state, input.socket)) acceptFrame(state, input.bytes, input.atMs, effects);
      break;
    case 'start-requested':
      if (state.phase === 'idle') connect(state, input.atMs, effects);
      break;
    case 'close-requested':
      close(state, input.atMs, effects);
      break;
    case 'reconnect-requested': {
      const error = new OrderbookClientError('DISCONNECTED', `A new connection was asked for: ${input.reason}.`);
      if (state.phase === 'connecting' || isOpen(state)) fail(state, error, input.atMs, effects);
      break;
    }
    case 'server-time-seen':
      // The header has whole seconds, cut off: on average half of one is missing.
      if (input.socket === state.socket) state.clockSkewMs = input.serverTimeMs + 500 - input.atMs;
      break;
    case 'socket-opened':
      if (input.socket === state.socket && state.phase === 'connecting') opened(state, input.atMs, effects);
      break;
    case 'socket-closed':
      if (input.socket === state.socket && state.phase !== 'waiting') fail(state, input.error, input.atMs, effects);
      break;
    case 'ping-received':
      if (!isCurrent(state, input.socket)) break;
      state.counters.serverPings++;
      state.serverPingAtMs = input.atMs;
      break;
    case 'pong-received':
      if (isCurrent(state, input.socket)) effects.push({ type: 'stop-timer', timer: 'pong' });
      break;
    case 'reading-paused':
      pauseReading(state, effects);
      break;
    case 'reading-resumed':
      resumeReading(state, effects);
      break;
    case 'barrier-requested':
      requestBarrier(state, input.requestId, effects);
      break;
    case 'markets-added':
      for (const market of input.markets) state.books.add(market);
      membershipChanged(state, effects);
      break;
    case 'markets-removed':
      for (const market of input.markets) {
        state.books.remove(market);
        state.requests.forget(market);
      }
      membershipChanged(state, effects);
      break;
    case 'timer-fired':
      timerFired(state, input.timer, input.atMs, effects);
      break;
  }
  keepWaitsOwned(state, input.atMs, effects);
  return effects;
}

const isCurrent = (state: FeedState, socket: number): boolean => socket === state.socket && isOpen(state);

/** A closed feed only answers those who wait. */
function refuse(input: FeedInput): readonly FeedEffect[] {
  if (input.type !== 'barrier-requested') return [];
  const error = new OrderbookClientError('CLOSED', 'The client is closed.');
  return [{ type: 'settle-barrier', requestId: input.requestId, error }];
}

function timerFired(state: FeedState, timer: FeedTimer, atMs: number, effects: FeedEffect[]): void {
  const { config } = state;
  switch (timer) {
    case 'retry':
      if (state.phase === 'waiting') connect(state, atMs, effects);
      return;
    case 'connect':
      if (state.phase !== 'connecting') return;
      fail(
        state,
        new OrderbookClientError('CONNECT_TIMEOUT', `No open socket after ${config.connectTimeoutMs} ms.`),
        atMs,
        effects,
      );
      return;
    case 'stable':
      state.attempt = 0;
      return;
    case 'ping':
      if (!isOpen(state)) return;
      effects.push(
        { type: 'send-ping', socket: state.socket },
        { type: 'start-timer', timer: 'pong', delayMs: config.pongTimeoutMs },
        { type: 'start-timer', timer: 'ping', delayMs: Math.max(config.pingIntervalMs, config.pongTimeoutMs) },
      );
      return;
    case 'pong':
      if (!isOpen(state)) return;
      fail(
        state,
        new OrderbookClientError('PONG_TIMEOUT', `No pong within ${config.pongTimeoutMs} ms: the connection is dead.`),
        atMs,
        effects,
      );
      return;
    case 'pace':
      openNextWindow(state, effects);
      return;
    case 'audit':
      audit(state, effects);
      return;
    case 'silence':
      lookForSilence(state, effects);
      return;
    case 'probe':
      auditUnanswered(state, atMs, effects);
      return;
    case 'ask-again':
      state.askAgainArmed = false;
      return;
    case 'membership':
      membershipWindowEnded(state, effects);
      return;
    case 'pause':
      pauseLasts(state, atMs, effects);
      return;
    case 'barrier':
      barriersOverdue(state, effects);
      return;
    case 'answer': {
      if (!isOpen(state)) return;
      const error = lookForLateAnswers(state, atMs, effects);
      if (error) fail(state, error, atMs, effects);
    }
  }
}
