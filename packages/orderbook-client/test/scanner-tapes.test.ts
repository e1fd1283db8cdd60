// The scanner against the plain decoder over everything that was ever recorded: every delta is taken and says the same,
// every other frame is refused.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { captures } from '@trader/testkit';
import { expect, test } from 'vitest';
import { decodeFrame, frameText } from '../src/core/decode/decode.ts';
import { DeltaScanner } from '../src/core/decode/delta-scanner.ts';
import { TickerTable } from '../src/core/decode/ticker-table.ts';

/** `misread` is the first frame that was taken for something else. */
type Outcome = { frames: number; deltas: number; taken: number; inMicroseconds: number; misread: string | null };

/** Reads frames both ways. A market is in the table from its first frame on, as after a subscription. */
function readBothWays(frames: Iterable<Uint8Array>): Outcome {
  const markets = new TickerTable<string>();
  const scanner = new DeltaScanner(markets);
  const outcome: Outcome = { frames: 0, deltas: 0, taken: 0, inMicroseconds: 0, misread: null };
  for (const bytes of frames) {
    const text = frameText(bytes)!;
    const message = decodeFrame(text);
    if (message.kind === 'snapshot' || message.kind === 'delta') markets.set(message.market, message.market);
    const taken = scanner.scan(bytes);
    outcome.frames++;
    if (taken) outcome.taken++;
    if (taken && scanner.exchangeAtUs !== null) outcome.inMicroseconds++;
    if (message.kind === 'delta') outcome.deltas++;
    const same =
      message.kind === 'delta' &&
      scanner.sid === message.sid &&
      scanner.seq === message.seq &&
      scanner.value === message.market &&
      scanner.side === message.side &&
      scanner.price === message.price &&
      scanner.delta === message.delta &&
      scanner.exchangeAtMs === message.exchangeAtMs &&
      scanner.exchangeAtUs === message.exchangeAtUs;
    if (taken && !same) outcome.misread ??= text;
  }
  return outcome;
}

const gold = captures('ws-gold15m-2026-08/events');

/** Lines are `{"recv_ms":…,"event":<the frame as it came>}`. */
function* framesOf(tapes: readonly string[]): Generator<Uint8Array> {
  const before = '"event":';
  for (const tape of tapes) {
    const bytes = gunzipSync(readFileSync(tape));
    for (let start = 0; start < bytes.length;) {
      const end = bytes.indexOf('\n', start);
      yield bytes.subarray(bytes.indexOf(before, start) + before.length, end - 1);
      start = end + 1;
    }
  }
}

test.skipIf(gold.missing)(
  gold.title('24 tapes of KXGOLD15M have 1,081,743 deltas among 1,111,156 frames'),
  () => {
    const tapes = globSync('*/*.ndjson.gz', { cwd: gold.path }).map((tape) => join(gold.path, tape));
    expect(tapes).toHaveLength(24);
    expect(readBothWays(framesOf(tapes))).toEqual({
      frames: 1_111_156,
      deltas: 1_081_743,
      taken: 1_081_743,
      inMicroseconds: 1_081_743,
      misread: null,
    });
  },
  120_000,
);

const mlb = captures('ws-mlb-12markets-2026-08-07/ws_orderbook_stream.json');

test.skipIf(mlb.missing)(mlb.title('12 markets of a real connection have 245 deltas among 269 frames'), () => {
  const { frames } = JSON.parse(readFileSync(mlb.path, 'utf8')) as { frames: { frame: unknown }[] };
  expect(readBothWays(frames.map(({ frame }) => Buffer.from(JSON.stringify(frame))))).toEqual({
    frames: 269,
    deltas: 245,
    taken: 245,
    inMicroseconds: 245,
    misread: null,
  });
});

const examples = captures('spec-examples');

test.skipIf(examples.missing)(
  examples.title('the examples of the published specifications are left to the plain decoder'),
  () => {
    const lines = globSync('*.jsonl', { cwd: examples.path }).flatMap((file) =>
      readFileSync(join(examples.path, file), 'utf8').trimEnd().split('\n'),
    );
    const frames = lines.map((line) => Buffer.from(JSON.stringify((JSON.parse(line) as { frame: unknown }).frame)));
    // The four deltas have prices of three decimals, which the exchange does not send: the plain decoder reads them.
    expect(readBothWays(frames)).toMatchObject({ frames: 187, deltas: 4, taken: 0 });
  },
);
