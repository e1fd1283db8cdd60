import fc from '@trader/testkit/fast-check';
import { describe, expect, it } from 'vitest';
import { parseTapeLine } from './tape-line.ts';

const ticker = fc.stringMatching(/^[A-Z0-9][A-Z0-9.-]{0,20}$/);
const frame = fc.record({
  type: fc.constant('orderbook_delta'),
  sid: fc.nat(),
  seq: fc.nat(),
  msg: fc.record(
    {
      market_ticker: ticker,
      market_id: fc.uuid(),
      price_dollars: fc.integer({ min: 1, max: 99 }).map((cents) => `0.${String(cents).padStart(2, '0')}00`),
      delta_fp: fc.integer({ min: -999, max: 999 }).map((size) => `${size}.50`),
      side: fc.constantFrom('yes', 'no'),
      ts: fc.constant('2026-08-07T06:46:28.97871Z'),
      ts_ms: fc.integer({ min: 1, max: 2e12 }),
    },
    { requiredKeys: ['market_ticker', 'market_id', 'price_dollars', 'delta_fp', 'side'], noNullPrototype: true },
  ),
});

describe('parseTapeLine', () => {
  it('reads a delta the same whether it takes the short way or JSON.parse', () => {
    fc.assert(
      fc.property(frame, fc.option(fc.nat(), { nil: undefined }), (event, receivedMs) => {
        const line = JSON.stringify(receivedMs === undefined ? event : { recv_ms: receivedMs, event });
        const short = parseTapeLine(line);
        // A space before the last brace is JSON as good, and not the short form.
        const long = parseTapeLine(`${line.slice(0, -1)} }`);
        expect(short).toEqual(long);
        expect(short).toMatchObject({ kind: 'delta', tail: JSON.stringify(event).replace(/^.*?"msg"/, '"msg"') });
        expect(short).toMatchObject({ atMs: receivedMs ?? event.msg.ts_ms });
      }),
    );
  });

  it('takes no line for a frame whose braces do not match', () => {
    const event =
      '{"type":"orderbook_delta","sid":1,"seq":1,"msg":{"market_ticker":"A","market_id":"a","price_dollars":"0.10","delta_fp":"1","side":"no"}}';
    for (const line of [
      `{"recv_ms":1,"event":${event}`,
      `${event}}`,
      `{"recv_ms":1,"event":${event}}}`,
      event.slice(1),
    ]) {
      expect(parseTapeLine(line)).toMatchObject({ kind: 'invalid' });
    }
  });

  it('keeps fields that it does not know, and drops what belongs to another connection', () => {
    const line =
      '{"type":"orderbook_snapshot","id":9,"sid":4,"seq":5,"note":1,"msg":{"market_id":"a","market_ticker":"A","no_dollars_fp":[["0.55","1.5"]],"new_field":{"x":[]}}}';
    expect(parseTapeLine(line)).toEqual({
      kind: 'snapshot',
      atMs: undefined,
      ticker: 'A',
      marketId: 'a',
      levels: { yes: [], no: [[5500, 150]] },
      tail: '"note":1,"msg":{"market_id":"a","market_ticker":"A","no_dollars_fp":[["0.55","1.5"]],"new_field":{"x":[]}}}',
    });
  });
});
