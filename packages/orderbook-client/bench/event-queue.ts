// What an event costs that waits with many others for its reader. node event-queue.ts
import { EventQueue } from '../src/streams/event-queue.ts';
import type { OrderbookEvent } from '../src/index.ts';
import { collectGarbage } from './garbage.ts';
import { print, round, times } from './report.ts';
import { interleave, median } from './rounds.ts';

const WAITING = [100, 50_000];
const EVENTS = 100_000;
const ROUNDS = 3;

const event: OrderbookEvent = { type: 'status', from: 'idle', to: 'connecting', atMs: 0 };

/** Nanoseconds of an event that goes in and comes out while so many wait. */
async function read(waiting: number): Promise<number> {
  const ignore = (): void => undefined;
  const maxQueued = waiting + 1;
  const queue = new EventQueue({
    signal: undefined,
    maxQueued,
    overflow: 'error',
    onPause: ignore,
    onResume: ignore,
    onRead: ignore,
    onEnd: ignore,
  });
  for (let i = 0; i < waiting; i++) queue.push(event);
  collectGarbage();
  const before = process.hrtime.bigint();
  for (let i = 0; i < EVENTS; i++) {
    queue.push(event);
    await queue.next(queue);
  }
  return Number(process.hrtime.bigint() - before) / EVENTS;
}

const results = await interleave(WAITING, ROUNDS, read);
const base = median(results.get(WAITING[0]!)!);
print({
  title: 'Queue of events',
  input: `an event in and out, ns, median of ${ROUNDS} rounds`,
  rows: WAITING.map((waiting) => {
    const cost = median(results.get(waiting)!);
    return { what: `${round(waiting)} waiting`, figure: `${round(cost)} ns`, ratio: times(cost / base) };
  }),
});
