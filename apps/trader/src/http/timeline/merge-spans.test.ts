import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { mergeSpans, type Span } from './merge-spans.ts';

const span = (name: string, fromMs: number, toMs: number | null, lane = 'state'): Span => ({
  lane,
  name,
  fromMs,
  toMs,
  why: `${name} at ${fromMs}`,
  session: null,
  count: 1,
});

describe('mergeSpans', () => {
  test('leaves alone what has room, and takes what only reaches in', () => {
    const spans = [span('startup', 0, 50), span('ready', 50, 700), span('error', 700, 900), span('ready', 900, null)];
    expect(mergeSpans(spans, { fromMs: 500, toMs: 1_000 }, 5)).toEqual(spans.slice(1));
  });

  test('of those on one point the worst gives its name, and a long one hides none', () => {
    const spans = [span('error', 10, 20), span('ready', 20, 40), span('error', 40, 41), span('ready', 41, 900)];
    expect(mergeSpans(spans, { fromMs: 0, toMs: 1_000 }, 10)).toEqual([
      { ...span('error', 10, 41), count: 3 },
      span('ready', 41, 900),
    ]);
  });

  test('nothing of a stretch is lost, and no lane has more than twice the points', () => {
    const one = fc.record({
      lane: fc.constantFrom('state', 'gap'),
      name: fc.constantFrom('ready', 'error', 'connect'),
      fromMs: fc.nat(2_000),
      lastsMs: fc.option(fc.nat(600)),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 300 }), fc.integer({ min: 1, max: 20 }), (made, points) => {
        const spans = made.map(({ lane, name, fromMs, lastsMs }) =>
          span(name, fromMs, lastsMs === null ? null : fromMs + lastsMs, lane),
        );
        const within = spans.filter(({ fromMs, toMs }) => fromMs < 1_500 && (toMs ?? Infinity) >= 500);
        const merged = mergeSpans(spans, { fromMs: 500, toMs: 1_500 }, points);
        expect(merged.reduce((sum, { count }) => sum + count, 0)).toBe(within.length);
        for (const lane of ['state', 'gap']) {
          const [of, before] = [merged, within].map((all) => all.filter((span) => span.lane === lane));
          expect(of!.length).toBeLessThanOrEqual(2 * (points + 1));
          expect(of!.some(({ name }) => name === 'error')).toBe(before!.some(({ name }) => name === 'error'));
          for (const { fromMs, toMs } of before!) {
            expect(of!.some((span) => span.fromMs <= fromMs && (span.toMs ?? Infinity) >= (toMs ?? Infinity))).toBe(
              true,
            );
          }
        }
      }),
    );
  });
});
