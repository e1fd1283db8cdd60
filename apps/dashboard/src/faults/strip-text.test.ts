import { expect, test } from 'vitest';
import type { Injected } from './fault-times.ts';
import { described, faultText, markText, secondsText, secondText, sessionStory } from './strip-text.ts';
import type { Strip, StripSpan } from './strip.ts';

const fault: Injected = {
  id: '1',
  name: 'half-open',
  kind: 'half-open',
  connection: 1,
  state: 'active',
  hits: 900,
  injectedAtMs: 0,
  beginsAtMs: 0,
  endsAtMs: 60_000,
  noticedAtMs: 10_200,
  noticedBy: 'disconnected',
  healedAtMs: 11_300,
  namedAs: 'disconnected',
};

const span = (changed: Partial<StripSpan>): StripSpan => ({
  fromMs: -8_000,
  toMs: 20_000,
  name: 'active',
  lastedMs: null,
  count: 1,
  session: 'b20c77d1-0000',
  ...changed,
});

const strip = (changed: Partial<Strip> = {}): Strip => ({
  fromMs: -8_000,
  toMs: 20_000,
  zeroMs: 0,
  nowMs: 20_000,
  fault,
  marks: [
    { kind: 'break', atMs: 0 },
    { kind: 'noticed', atMs: 10_200 },
    { kind: 'healed', atMs: 11_300 },
  ],
  on: { fromMs: 0, toMs: 20_000 },
  seconds: [{ atMs: 11_000, framesPerSecond: 140, books: 20, booksRight: 0 }],
  stepMs: 1_000,
  silence: { fromMs: 0, toMs: 10_000 },
  believed: { fromMs: 0, toMs: 10_200 },
  states: [span({ name: 'ready', session: null })],
  sessions: [span({})],
  holes: [span({ name: 'disconnected', lastedMs: 11_300 })],
  ...changed,
});

test('lines say when, and what', () => {
  expect(strip().marks.map((mark) => markText(strip(), mark).note)).toEqual([
    '0 s, silence',
    '+10 s, disconnected',
    '+11 s, 20 books right',
  ]);
  const before = strip({ silence: { fromMs: -7_000, toMs: 10_000 } });
  expect(markText(before, { kind: 'break', atMs: 0 }).note).toBe('0 s');
  expect(markText(strip(), { kind: 'healed', atMs: 11_300 }, true).note).toMatch('noticed at +10 s: disconnected');
});

test('a fault is on, spent or over', () => {
  expect(faultText(strip())).toBe('connection 1: still on, and healed all the same');
  expect(faultText(strip({ fault: { ...fault, connection: null, state: 'spent', hits: 1 } }))).toBe('done once');
  expect(faultText(strip({ fault: { ...fault, connection: null, state: 'over', hits: null } }))).toBe('over');
  expect(faultText(strip({ on: null }))).toBeNull();
});

test('what became of the session is told', () => {
  expect(sessionStory(strip())).toBe('session b20c77d1 goes on');
  const ended = span({ name: 'health_failure', toMs: 9_000, lastedMs: 17_000 });
  const next = span({ fromMs: 12_000, session: 'ffff0000-1' });
  expect(sessionStory(strip({ sessions: [ended, next] }))).toBe(
    'session b20c77d1 ended as health_failure, and ffff0000 continues it',
  );
  expect(sessionStory(strip({ sessions: [] }))).toBeNull();
});

test('a second is told with its numbers, and not where nobody counted', () => {
  expect(secondText(strip(), 11_500)).toBe('+11 s: 140 frames/s, 0 of 20 books right');
  expect(secondText(strip(), 15_000)).toBeNull();
  expect([-5_000, 0, 400, 35_000].map(secondsText)).toEqual(['−5 s', '0 s', '0 s', '+35 s']);
});

test('the whole picture is there in sentences', () => {
  expect(described(strip())).toEqual([
    'break: 0 s, silence',
    'noticed: +10 s, disconnected',
    'healed: +11 s, 20 books right',
    'fault: connection 1: still on, and healed all the same',
    'no frame came for 10 s',
    'last second: +11 s: 140 frames/s, 0 of 20 books right',
    'state: ready from −8 s',
    'session: b20c77d1  recording',
    'ledger: one row: disconnected, 11 s',
  ]);
  expect(described(strip({ holes: [] })).at(-1)).toBe('ledger: no hole');
});
