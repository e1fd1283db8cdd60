// Commands leave at a bounded pace: an exchange that is asked too fast refuses (error 27), and a thousand clients that
// come back together should not make it worse. A deadline counts from the moment at which its command has left.
import type { Command } from './commands.ts';
import { isOpen, type FeedEffect, type FeedState } from './feed-state.ts';

const WINDOW_MS = 100;

/** Sends a command, now or as soon as the pace allows it; always in order. */
export function sendCommand(state: FeedState, command: Command, effects: FeedEffect[]): void {
  state.commands.waiting.push(command);
  sendWaiting(state, effects);
}

/** The window is over: what waits may leave. */
export function openNextWindow(state: FeedState, effects: FeedEffect[]): void {
  state.commands.sentInWindow = 0;
  if (isOpen(state)) sendWaiting(state, effects);
}

function sendWaiting(state: FeedState, effects: FeedEffect[]): void {
  const { commands, socket, config } = state;
  const perWindow = Math.max(1, Math.floor((config.commandsPerSecond * WINDOW_MS) / 1000));
  const leaving = commands.waiting.splice(0, perWindow - commands.sentInWindow);
  if (leaving.length === 0) return;
  if (commands.sentInWindow === 0) effects.push({ type: 'start-timer', timer: 'pace', delayMs: WINDOW_MS });
  commands.sentInWindow += leaving.length;
  for (const { text, sending } of leaving) {
    sending.sentAtMs = state.monotonicMs;
    sending.framesBefore = state.counters.frames;
    effects.push({ type: 'send-frame', socket, text });
    if (state.audit?.sending === sending) {
      effects.push({ type: 'start-timer', timer: 'probe', delayMs: config.answerTimeoutMs });
    }
  }
}
