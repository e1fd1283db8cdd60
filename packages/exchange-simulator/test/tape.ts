import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { TemporaryFolder } from '@trader/testkit';

type LevelText = readonly [price: string, size: string];

export const snapshotOf = (ticker: string, yes: readonly LevelText[] = [], no: readonly LevelText[] = []): object => ({
  type: 'orderbook_snapshot',
  sid: 7,
  seq: 4711,
  msg: {
    market_ticker: ticker,
    market_id: `id-of-${ticker}`,
    ...(yes.length > 0 && { yes_dollars_fp: yes }),
    ...(no.length > 0 && { no_dollars_fp: no }),
  },
});

export const deltaOf = (ticker: string, side: 'yes' | 'no', price: string, delta: string, tsMs?: number): object => ({
  type: 'orderbook_delta',
  sid: 7,
  seq: 4712,
  msg: {
    market_ticker: ticker,
    market_id: `id-of-${ticker}`,
    price_dollars: price,
    delta_fp: delta,
    side,
    ...(tsMs !== undefined && { ts: '2026-08-07T06:46:28.97871Z', ts_ms: tsMs }),
  },
});

/** A line of the recorded form. */
export const at = (receivedMs: number, event: object): object => ({ recv_ms: receivedMs, event });

export function writeTape(
  folder: TemporaryFolder,
  name: string,
  lines: readonly (object | string)[],
  { gzip = false } = {},
): string {
  const path = join(folder.path, name);
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  writeFileSync(path, gzip ? gzipSync(text) : text);
  return path;
}
