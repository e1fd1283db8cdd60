import fc from '@trader/testkit/fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault } from './fault.ts';
import { FaultEngine } from './fault-engine.ts';
import type { Step } from './fault-lane.ts';

const engineOf = (...faults: Fault[]): FaultEngine => {
  const engine = new FaultEngine({ seed: 1, markets: new Map(), onConditions: () => undefined });
  for (const fault of faults) engine.add(fault, 0);
  engine.switchDue(0);
  return engine;
};
const laneOf = (engine: FaultEngine) => engine.lane({ connection: 1, key: 'k' }, () => [1]);
const frame = (seq: number): string => `{"type":"orderbook_delta","sid":1,"seq":${seq},"msg":{"market_ticker":"A"}}`;
const seqsOf = (steps: readonly Step[]): number[] =>
  steps.flatMap((step) => (step.do === 'send' ? [(JSON.parse(step.data as string) as { seq: number }).seq] : []));

describe('a lane', () => {
  it('is idle while no fault is meant for its connection, and again when that is spent', () => {
    expect(laneOf(engineOf()).idle).toBe(true);
    expect(laneOf(engineOf({ kind: 'drop', aim: { connection: 2 } })).idle).toBe(true);
    expect(laneOf(engineOf({ kind: 'refuse', status: 503 }, { kind: 'maintenance' })).idle).toBe(true);
    expect(laneOf(engineOf({ kind: 'drop', from: '1s' })).idle).toBe(true);
    const lane = laneOf(engineOf({ kind: 'drop', count: 1 }));
    expect(lane.idle).toBe(false);
    expect(lane.stepsForFrame(frame(1), 0)).toEqual([]);
    expect(lane.idle).toBe(true);
  });

  it('is not idle after a hole: the later numbers stay moved, also when the fault is gone', () => {
    const engine = engineOf({ kind: 'seq-hole', skip: 5, count: 1 });
    const lane = laneOf(engine);
    expect(seqsOf(lane.stepsForFrame(frame(1), 0))).toEqual([6]);
    engine.clear();
    engine.switchDue(1);
    expect(lane.stepsAfterChange(1)).toEqual([]);
    expect(lane.idle).toBe(false);
    expect(seqsOf(lane.stepsForFrame(frame(2), 2))).toEqual([7]);
  });

  it('gives the bytes of a frame that no fault changes as they are', () => {
    const odd = '{"type":"trade","sid":2,"seq":1,"msg":{"size":1.50,"note":"\\u00e9"}}';
    const [step] = laneOf(engineOf({ kind: 'delay', by: 10, aim: { sid: 1 } })).stepsForFrame(odd, 0);
    expect(step).toEqual({ do: 'send', data: odd, binary: false });
  });

  it('closes the numbers up whatever is hidden, added and withheld', () => {
    const change = fc.constantFrom<Fault>(
      { kind: 'drop', hidden: true, probability: 0.3 },
      { kind: 'drop', hidden: true, after: 3, count: 2 },
      { kind: 'unknown-type', sequenced: true, probability: 0.4 },
      { kind: 'unknown-field', probability: 0.5 },
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.integer({ min: 1, max: 60 }), (faults, count) => {
        const lane = laneOf(engineOf(...faults));
        const seqs = Array.from({ length: count }, (_, index) => lane.stepsForFrame(frame(index + 1), index)).flatMap(
          seqsOf,
        );
        expect(seqs).toEqual(seqs.map((_, index) => index + 1));
      }),
    );
  });

  it('brings every frame that is late, reordered or on a slow link exactly once', () => {
    const late = fc.constantFrom<Fault>(
      { kind: 'delay', by: 7, jitter: 20, probability: 0.5 },
      { kind: 'delay', by: 15, inOrder: true, probability: 0.2 },
      { kind: 'reorder', behind: 3, probability: 0.3, atMost: 50 },
      { kind: 'slow-link', bytesPerSecond: 20_000 },
      { kind: 'stall', from: 5, until: 20, afterwards: 'deliver' },
    );
    fc.assert(
      fc.property(fc.array(late, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), (faults, count) => {
        const engine = engineOf(...faults);
        const lane = laneOf(engine);
        const seqs: number[] = [];
        for (let now = 0; now < 1000; now++) {
          engine.switchDue(now);
          seqs.push(...seqsOf(lane.stepsAfterChange(now)));
          if (now < count) seqs.push(...seqsOf(lane.stepsForFrame(frame(now + 1), now)));
        }
        expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
        expect(lane.heldBytes).toBe(0);
        expect(lane.nextTickMs).toBeUndefined();
      }),
    );
  });

  it('keeps the order when everything is late in order, however wide the link', () => {
    const engine = engineOf(
      { kind: 'delay', by: 15, jitter: 10, inOrder: true },
      { kind: 'slow-link', bytesPerSecond: 9_000 },
    );
    const lane = laneOf(engine);
    const seqs: number[] = [];
    for (let now = 0; now < 1000; now++) {
      seqs.push(...seqsOf(lane.stepsAfterChange(now)));
      if (now < 30) seqs.push(...seqsOf(lane.stepsForFrame(frame(now + 1), now)));
    }
    expect(seqs).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  });
});
