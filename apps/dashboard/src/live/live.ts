// What the page knows of the trader, as signals: the one place where socket, questions and time meet. Views read it and own
// none of these. There is one for the page, made before anything is shown.
import { batch, createRoot, createSignal, type Accessor } from 'solid-js';
import type { StatusSummary } from './answers.ts';
import { AskError, createAsk, type Ask } from './ask.ts';
import { noticeOf, type Contact } from './contact.ts';
import type { LiveEvent, Message } from './messages.ts';
import { StatusSocket } from './status-socket.ts';
import { storedToken, storeToken } from './token.ts';

export type Live = {
  readonly contact: Accessor<Contact>;
  /** The last that was told, also when contact is lost; `null`: none yet. */
  readonly status: Accessor<StatusSummary | null>;
  /** What happened lately, oldest first, at most 200. */
  readonly events: Accessor<readonly LiveEvent[]>;
  /** What came of the last time that contact was found again; `null`: nothing that anybody has to know. */
  readonly notice: Accessor<string | null>;
  /** The trader's wall clock, as far as it is known; it moves on four times a second, and stands still without contact. */
  readonly nowMs: Accessor<number>;
  /** Since the last message, in ms. */
  readonly ageMs: Accessor<number>;
  /** Rises when all that was asked before may be of another process or too old: each question is asked again. */
  readonly epoch: Accessor<number>;
  readonly ask: Ask;
  /** @returns removes the listener */
  readonly onMessage: (listener: (message: Message) => void) => () => void;
  readonly send: (message: object) => void;
  readonly tryNow: () => void;
  readonly useToken: (token: string) => void;
};

const EVENTS_KEPT = 200;
const TICK_MS = 250;

export const live: Live = createRoot(createLive);

function createLive(): Live {
  const [contact, setContact] = createSignal<Contact>({ kind: 'connecting', sinceMs: performance.now() });
  const [status, setStatus] = createSignal<StatusSummary | null>(null);
  const [events, setEvents] = createSignal<readonly LiveEvent[]>([]);
  const [notice, setNotice] = createSignal<string | null>(null);
  const [epoch, setEpoch] = createSignal(0);
  const [nowMs, setNowMs] = createSignal(Date.now());
  const [ageMs, setAgeMs] = createSignal(0);
  const listeners = new Set<(message: Message) => void>();
  let heardMs = performance.now();
  /** The trader's wall clock less our monotonic one. */
  let clockOffsetMs = Date.now() - performance.now();

  const tick = (): void =>
    batch(() => {
      const monotonicMs = performance.now();
      setAgeMs(monotonicMs - heardMs);
      if (contact().kind === 'live') setNowMs(monotonicMs + clockOffsetMs);
    });
  setInterval(tick, TICK_MS);

  const accept = (message: Message): void =>
    batch(() => {
      heardMs = performance.now();
      if (message.type === 'hello') {
        // Of another process, or too long ago: what is kept has no end that fits.
        if (message.missed !== 0) setEvents([]);
        setNotice(noticeOf(message.missed));
        setEpoch((before) => before + 1);
      } else if (message.type === 'status') {
        clockOffsetMs = message.atMs - heardMs;
        setStatus(message.status);
        tick();
      } else if ('id' in message) {
        setEvents((before) => [...before.slice(-EVENTS_KEPT + 1), message]);
      }
      for (const listener of listeners) listener(message);
    });

  const ask = createAsk(storedToken);
  const socket = new StatusSocket({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
    token: storedToken,
    isRefused: async () => {
      try {
        await ask('/status', { signal: AbortSignal.timeout(5_000) });
      } catch (error) {
        return error instanceof AskError && error.code === 'TOKEN_REQUIRED';
      }
      return false;
    },
    onContact: setContact,
    onMessage: accept,
  });
  return {
    contact,
    status,
    events,
    notice,
    nowMs,
    ageMs,
    epoch,
    ask,
    onMessage(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    send: (message) => socket.send(message),
    tryNow: () => socket.tryNow(),
    useToken(token) {
      storeToken(token);
      socket.tryNow();
    },
  };
}
