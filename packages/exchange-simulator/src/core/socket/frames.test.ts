import { WIRE_ERROR } from '@trader/orderbook-client/wire';
import { describe, expect, it } from 'vitest';
import * as frames from './frames.ts';
import { Market } from '../market/market.ts';

const market = new Market('KXMLB-26AUG07-NYM', '957ed958-9b9b-4a98-b024-16a394cd214c');
const names = '"market_ticker":"KXMLB-26AUG07-NYM","market_id":"957ed958-9b9b-4a98-b024-16a394cd214c"';

describe('a delta', () => {
  it.each([
    [1_786_085_188_978_710, '2026-08-07T06:46:28.97871Z', 1_786_085_188_978],
    [1_786_085_188_000_000, '2026-08-07T06:46:28Z', 1_786_085_188_000],
    [1_786_085_188_000_001, '2026-08-07T06:46:28.000001Z', 1_786_085_188_000],
  ])('at %d µs is written with ts %s', (atMicros, ts, tsMs) => {
    expect(`{${frames.deltaTail(market, 'yes', 4300, -10_000, atMicros)}`).toBe(
      `{"msg":{${names},"price_dollars":"0.4300","delta_fp":"-100.00","side":"yes","ts":"${ts}","ts_ms":${tsMs}}}`,
    );
  });

  it('in YES prices differs in the price only', () => {
    const tail = frames.deltaTail(market, 'no', 5700, 25, 0);
    expect(frames.inYesPrice(tail, 5700)).toBe(tail.replace('0.5700', '0.4300'));
  });
});

describe('a snapshot', () => {
  it('of an empty book has only the names', () => {
    expect(frames.snapshotTail(market, false)).toBe(`"msg":{${names}}}`);
  });
});

describe('ids', () => {
  it('are left out when the command had none, or 0', () => {
    expect(frames.okFrame(undefined, 1, 2, [])).toBe('{"type":"ok","sid":1,"seq":2,"msg":{"market_tickers":[]}}');
    expect(frames.unsubscribedFrame(0, 1, 2)).toBe('{"type":"unsubscribed","sid":1,"seq":2}');
  });
});

describe('errors', () => {
  it('have a text for every code, and are JSON', () => {
    for (const code of Object.values(WIRE_ERROR)) {
      const frame = JSON.parse(frames.errorFrame(code, { id: 1 })) as {
        msg: { code: number; msg: string };
      };
      expect(frame.msg).toMatchObject({ code, msg: expect.stringMatching(/^[A-Za-z]/) });
    }
  });
});
