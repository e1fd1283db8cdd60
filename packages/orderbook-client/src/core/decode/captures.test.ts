// Frames that were written by somebody else: the examples of the exchange's own documents, and recorded trades.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { captures } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { decodeFrame, type Message } from './decode.ts';
import { formatPrice, formatSize, ONE_DOLLAR } from '../price/price.ts';

type Example = { readonly example: string; readonly frame: { readonly type?: string; readonly cmd?: string } };

/** Of channels that are known by name, and kept raw. */
const RAW = /^(ticker_v2|multivariate_|rfq_|quote_|cfbenchmarks_|pyth_)/;

const spec = captures('spec-examples');
const specFiles = spec.missing ? ['each channel'] : readdirSync(spec.path).filter((name) => name.endsWith('.jsonl'));

describe.skipIf(spec.missing)(spec.title("the exchange's own examples"), () => {
  test.each(specFiles)('of %s are all read', (name) => {
    const examples = readFileSync(join(spec.path, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Example)
      .filter(({ frame }) => typeof frame.type === 'string');
    expect(examples.length).toBeGreaterThan(15);
    for (const { example, frame } of examples) {
      const { kind } = decodeFrame(JSON.stringify(frame));
      expect({ example, known: kind !== 'violation' && kind !== 'unrecognized' }).toEqual({ example, known: true });
      expect({ example, raw: kind === 'raw' }).toEqual({ example, raw: RAW.test(frame.type!) });
    }
  });
});

const gold = captures('ws-gold15m-2026-08/events');

describe.skipIf(gold.missing)(gold.title('recorded trades of 23 markets'), () => {
  test('are all read, add up to a dollar, and are written back as they came', () => {
    let trades = 0;
    const wrong: string[] = [];
    for (const path of readdirSync(gold.path, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.ndjson.gz')) continue;
      const lines = gunzipSync(readFileSync(join(gold.path, path)))
        .toString('utf8')
        .split('\n');
      for (const line of lines) {
        if (!line.includes('"type":"trade"')) continue;
        trades++;
        const { event } = JSON.parse(line) as { event: Recorded };
        const message = decodeFrame(JSON.stringify(event));
        if (message.kind !== 'trade' || !isSame(message, event)) wrong.push(line);
      }
    }
    expect(wrong).toEqual([]);
    expect(trades).toBe(29_354);
  });
});

type Recorded = { readonly sid: number; readonly seq: number; readonly msg: Readonly<Record<string, unknown>> };

const isSame = (trade: Extract<Message, { kind: 'trade' }>, { sid, seq, msg }: Recorded): boolean =>
  trade.sid === sid &&
  trade.seq === seq &&
  trade.tradeId === msg['trade_id'] &&
  trade.market === msg['market_ticker'] &&
  trade.yesPrice + trade.noPrice === ONE_DOLLAR &&
  formatPrice(trade.yesPrice) === msg['yes_price_dollars'] &&
  formatPrice(trade.noPrice) === msg['no_price_dollars'] &&
  formatSize(trade.size) === msg['count_fp'] &&
  trade.takerSide === msg['taker_side'] &&
  trade.blockTrade === null &&
  trade.exchangeAtMs === msg['ts_ms'];
