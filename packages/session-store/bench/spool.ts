// What spooling costs: `node --conditions=@trader/source bench/spool.ts [folder on the disk to measure]`.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { seededRandom } from '@trader/testkit';
import { decodePart, PartEncoder, rebuildBatch } from '../src/spool/encoding/batch-codec.ts';
import { SessionStoreError } from '../src/errors.ts';
import { openFileSpool } from '../src/spool/log/file-spool.ts';
import type { DeltaRecord } from '../src/records.ts';

const partRecords = 500;
const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'spool-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** 23 markets on one subscription, arrivals 12 to 46 ms behind the exchange, as busy markets are. */
function deltas(count: number): DeltaRecord[] {
  const random = seededRandom(1);
  return Array.from({ length: count }, (_, index) => {
    const receivedAtMs = 1_785_901_540_000 + Math.floor(index / 3);
    return {
      kind: 'delta',
      epoch: 1,
      sid: 1,
      seq: index + 1 + Math.floor(index / 40),
      market: `MARKET-26NOV22-${Math.floor(random() * 23)}`,
      side: random() < 0.5 ? 'yes' : 'no',
      price: 100 * (1 + Math.floor(random() * 99)),
      delta: Math.round((random() - 0.5) * 100 * 10 ** Math.floor(random() * 5)),
      exchangeAtMs: receivedAtMs - 12 - Math.floor(random() * 34),
      receivedAtMs,
    };
  });
}

const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
const million = (perSecond: number) => `${(perSecond / 1e6).toFixed(2)} M/s`;

function measureCodec(records: readonly DeltaRecord[]): Uint8Array[] {
  const encoder = new PartEncoder();
  let parts: Uint8Array[] = [];
  // Twice, so that the second figure is of compiled code.
  for (let round = 0; round < 3; round++) {
    parts = [];
    const started = performance.now();
    for (const record of records) {
      encoder.add(record);
      if (encoder.records === partRecords) parts.push(encoder.take());
    }
    const encoded = performance.now();
    for (const part of parts) decodePart(part);
    const decoded = performance.now();
    for (let at = 0; at < parts.length; at += 10) rebuildBatch(1, parts.slice(at, at + 10));
    const rebuilt = performance.now();
    if (round < 2) continue;
    const perSecond = (from: number, to: number) => million((records.length / (to - from)) * 1000);
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    console.log(
      `codec: ${(bytes / records.length).toFixed(2)} bytes a delta; encode ${perSecond(started, encoded)}, ` +
        `decode ${perSecond(encoded, decoded)}, decode and rebuild batches ${perSecond(decoded, rebuilt)}`,
    );
  }
  return parts;
}

/** As fast as the disk takes it: payloads of about 10 bytes a record, and a pause when the spool says that it is full. */
async function measureThroughput(syncEveryMs: number | null, records: number): Promise<void> {
  const spool = await openFileSpool({ folder: join(folder, `fill-${String(syncEveryMs)}-${records}`), syncEveryMs });
  const payload = new Uint8Array(records * 10).fill(7);
  const started = performance.now();
  let entries = 0;
  while (performance.now() - started < 1500) {
    try {
      for (let count = 0; count < 50; count++) {
        spool.append({ session: 's', batch: 1 + Math.floor(entries / 10), records, atMs: 1, payload });
        entries++;
      }
    } catch (error) {
      if (!SessionStoreError.isInstance(error) || error.code !== 'SPOOL_FULL') throw error;
    }
    await new Promise(setImmediate);
    if (entries % 1000 < 50) spool.acknowledge('s', Math.floor(entries / 20));
  }
  await spool.durable();
  const ms = performance.now() - started;
  spool.acknowledge('s', Number.MAX_SAFE_INTEGER);
  await spool.close();
  console.log(
    `fill: ${syncEveryMs === null ? 'never synced' : `sync every ${syncEveryMs} ms`}, ${records} records an entry: ` +
      `${million((entries * records * 1000) / ms)} records, ${((entries * records * 10) / ms / 1000).toFixed(0)} MB/s`,
  );
}

/** A start with 300 MB that the database has not taken: every byte is read and checked. */
async function measureOpening(): Promise<void> {
  const at = join(folder, 'opening');
  const spool = await openFileSpool({ folder: at, syncEveryMs: null });
  const payload = new Uint8Array(5000).fill(7);
  for (let entries = 0; entries < 60_000; entries++) {
    spool.append({ session: 's', batch: 1 + Math.floor(entries / 10), records: partRecords, atMs: 1, payload });
    if (entries % 1000 === 0) await spool.durable();
  }
  await spool.close();
  const started = performance.now();
  const again = await openFileSpool({ folder: at });
  const opened = performance.now();
  let bytes = 0;
  for (let from = 0; ;) {
    const entries = await again.read({ from });
    if (entries.length === 0) break;
    for (const entry of entries) bytes += entry.payload.length;
    from = entries.at(-1)!.position + 1;
  }
  const perSecond = (from: number, to: number) => `${(bytes / 1000 / (to - from)).toFixed(0)} MB/s`;
  const read = performance.now();
  console.log(
    `start with ${(bytes / 1e6).toFixed(0)} MB, 30 M records: opened at ${perSecond(started, opened)}, read at ${perSecond(opened, read)}`,
  );
  again.acknowledge('s', Number.MAX_SAFE_INTEGER);
  await again.close();
}

/** 50,000 records a second, in entries of 500, each batch of 5,000 acknowledged a second later. */
async function measurePaced(
  name: string,
  syncEveryMs: number | null,
  records: readonly DeltaRecord[],
  isSpooling: boolean,
) {
  const spool = await openFileSpool({ folder: join(folder, `paced-${name}`), syncEveryMs });
  const encoder = new PartEncoder();
  const calls: number[] = [];
  const safe: number[] = [];
  let entries = 0;
  const put = (from: number) => {
    const started = performance.now();
    for (let index = from; index < from + partRecords; index++) encoder.add(records[index % records.length]!);
    const payload = encoder.take();
    const batch = 1 + Math.floor(entries++ / 10);
    const position = spool.append({ session: 's', batch, records: partRecords, atMs: 1, payload });
    if (batch > 10 && entries % 10 === 0) spool.acknowledge('s', batch - 10);
    calls.push(performance.now() - started);
    void spool.durable(position).then(() => safe.push(performance.now() - started));
  };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const cpu = process.cpuUsage();
  delay.enable();
  const started = performance.now();
  const signal = AbortSignal.timeout(8000);
  let due = 0;
  const timer = setInterval(() => {
    for (const until = Math.floor((performance.now() - started) * 50); due + partRecords <= until; due += partRecords) {
      if (isSpooling) put(due);
    }
  }, 2);
  await once(signal, 'abort');
  clearInterval(timer);
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  await spool.durable();
  spool.acknowledge('s', Number.MAX_SAFE_INTEGER);
  await spool.close();
  const shown = (sorted: readonly number[]) =>
    [0.5, 0.99, 1].map((share) => percentile(sorted, share)?.toFixed(2)).join(' / ');
  const ms = (nanoseconds: number) => (nanoseconds / 1e6).toFixed(1);
  const sorted = (values: number[]) => values.toSorted((one, other) => one - other);
  console.log(
    `paced: ${name}: loop delay p99 ${ms(delay.percentile(99))}, max ${ms(delay.max)} ms; CPU ${(((user + system) / 1e6 / 8) * 100).toFixed(0)} %` +
      (isSpooling
        ? `; encode+append of ${partRecords} p50/p99/max ${shown(sorted(calls))} ms; durable after ${shown(sorted(safe))} ms`
        : ''),
  );
}

console.log(`${cpus()[0]?.model} (${cpus().length} cores), Node ${process.version}, ${folder}`);
const records = deltas(1_000_000);
measureCodec(records);
for (const syncEveryMs of [null, 100, 0]) {
  for (const size of [50, 500, 5000]) await measureThroughput(syncEveryMs, size);
}
await measureOpening();
await measurePaced('nothing (the machine itself)', 100, records, false);
await measurePaced('50,000/s, sync every 100 ms', 100, records, true);
await measurePaced('50,000/s, every write synced', 0, records, true);
