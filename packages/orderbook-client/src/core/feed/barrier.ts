// A barrier: a question whose answer stands behind everything that the exchange sent before.
import { OrderbookClientError } from '../../errors.ts';
import { isOpen, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { sendCommand } from '../state/outbox.ts';
import { confirmedSids } from '../upkeep/verification.ts';

export function requestBarrier(state: FeedState, requestId: number, effects: FeedEffect[]): void {
  if (!isOpen(state)) {
    const error = new OrderbookClientError('DISCONNECTED', 'There is no open connection.');
    effects.push({ type: 'settle-barrier', requestId, error });
    return;
  }
  if (state.barriers.size === 0) armBarrierDeadline(state, effects);
  const purpose = { kind: 'barrier', requestId, sids: confirmedSids(state) } as const;
  const command = state.commands.issue({ cmd: 'list_subscriptions' }, purpose);
  state.barriers.set(requestId, command.sending);
  sendCommand(state, command, effects);
}

/** The answer may stand behind much else, so that only silence counts as late. */
export function barriersOverdue(state: FeedState, effects: FeedEffect[]): void {
  const { answerTimeoutMs } = state.config;
  for (const [requestId, { sentAtMs }] of state.barriers) {
    const silentMs = state.monotonicMs - Math.max(sentAtMs, state.heardAtMs, state.resumedAtMs);
    if (state.readingPaused || silentMs < answerTimeoutMs) continue;
    const error = new OrderbookClientError('NO_ANSWER', `No answer came within ${answerTimeoutMs} ms for a barrier.`);
    settleBarrier(state, requestId, error, effects);
  }
  if (state.barriers.size > 0) armBarrierDeadline(state, effects);
}

const armBarrierDeadline = ({ config }: FeedState, effects: FeedEffect[]): void =>
  void effects.push({ type: 'start-timer', timer: 'barrier', delayMs: config.answerTimeoutMs });

export function settleBarrier(
  state: FeedState,
  requestId: number,
  error: OrderbookClientError | null,
  effects: FeedEffect[],
): void {
  state.barriers.delete(requestId);
  if (state.barriers.size === 0) effects.push({ type: 'stop-timer', timer: 'barrier' });
  effects.push({ type: 'settle-barrier', requestId, error });
}
