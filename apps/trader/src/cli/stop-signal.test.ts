import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { onStopSignal } from './stop-signal.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** What was asked for, and with which code the process would have ended. */
function listen() {
  const asked: string[] = [];
  const exits: unknown[] = [];
  vi.spyOn(process, 'exit').mockImplementation((code) => exits.push(code) as never);
  const signals = onStopSignal((signal) => asked.push(signal));
  const send = (signal: NodeJS.Signals, afterMs = 0): void => {
    vi.advanceTimersByTime(afterMs);
    process.emit(signal, signal);
  };
  return { asked, exits, send, [Symbol.dispose]: () => signals[Symbol.dispose]() };
}

describe('onStopSignal', () => {
  test.each(['SIGHUP', 'SIGINT', 'SIGTERM'] as const)('%s asks for an end, once', (signal) => {
    using sent = listen();
    sent.send(signal);
    expect({ asked: sent.asked, exits: sent.exits }).toEqual({ asked: [signal], exits: [] });
  });

  test('what comes within a second is the same wish: npm hands on what the terminal has sent to all', () => {
    using sent = listen();
    sent.send('SIGINT');
    sent.send('SIGINT', 1);
    sent.send('SIGTERM', 998);
    expect({ asked: sent.asked, exits: sent.exits }).toEqual({ asked: ['SIGINT'], exits: [] });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s a second later ends the process at once with %i', (signal, code) => {
    using sent = listen();
    sent.send('SIGINT');
    sent.send(signal, 1_000);
    expect({ asked: sent.asked, exits: sent.exits }).toEqual({ asked: ['SIGINT'], exits: [code] });
  });

  test('a hang-up never does, as it is nobody who cannot wait', () => {
    using sent = listen();
    sent.send('SIGINT');
    sent.send('SIGHUP', 60_000);
    expect(sent.exits).toEqual([]);
  });

  test('it listens no more once it is disposed of', () => {
    listen()[Symbol.dispose]();
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) expect(process.listenerCount(signal)).toBe(0);
  });
});
