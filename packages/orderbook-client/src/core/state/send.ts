// Commands leave at a bounded pace: an exchange that is asked too fast refuses (error 27), and a thousand clients that
// come back together should not make it worse.
import { isOpen, type FeedEffect, type FeedState } from './feed-state.ts';

const WINDOW_MS = 100;

/** Sends a command, now or as soon as the pace allows it; always in order. */
export function send(state: FeedState, text: string, effects: FeedEffect[]): void {
  state.outbox.waiting.push(text);
  flush(state, effects);
}

/** The window is over. */
export function nextWindow(state: FeedState, effects: FeedEffect[]): void {
  state.outbox.sentInWindow = 0;
  if (isOpen(state)) flush(state, effects);
}

function flush({ outbox, socket, config }: FeedState, effects: FeedEffect[]): void {
  const perWindow = Math.max(1, Math.floor((config.commandsPerSecond * WINDOW_MS) / 1000));
  const texts = outbox.waiting.splice(0, perWindow - outbox.sentInWindow);
  if (texts.length === 0) return;
  if (outbox.sentInWindow === 0) effects.push({ type: 'start-timer', timer: 'pace', delayMs: WINDOW_MS });
  outbox.sentInWindow += texts.length;
  for (const text of texts) effects.push({ type: 'send-frame', socket, text });
}
