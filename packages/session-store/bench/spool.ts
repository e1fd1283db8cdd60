// What spooling costs by itself: `node --conditions=@trader/source bench/spool.ts [folder on the disk to measure]`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { SessionStoreError } from '../src/errors.ts';
import { openSqliteSpool } from '../src/spool/log/sqlite-spool.ts';
import { LongestTurn } from './longest-turn.ts';
import { print, type Row } from './report.ts';
import { quantile } from './rounds.ts';

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'spool-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** About what a record is in a batch. */
const bytesPerRecord = 20;
const payloadOf = (records: number) => 'x'.repeat(records * bytesPerRecord);
const MB = 1e6;
const fixed = (value: number, digits = 1) => value.toFixed(digits);

/** As fast as the disk takes it, with a pause when the spool says that it is full; half of it is acknowledged meanwhile. */
async function fill(records: number): Promise<Row> {
  const spool = await openSqliteSpool({ folder: join(folder, `fill-${records}`) });
  const payload = payloadOf(records);
  const started = performance.now();
  let batch = 0;
  while (performance.now() - started < 2000) {
    try {
      for (let count = 0; count < 50; count++) {
        spool.append({ session: 's', batch: batch + 1, records, atMs: 1, payload });
        batch++;
      }
    } catch (error) {
      if (!SessionStoreError.isInstance(error) || error.code !== 'SPOOL_FULL') throw error;
    }
    await delay(1);
    spool.acknowledge('s', Math.floor(batch / 2));
  }
  await spool.durable();
  const seconds = (performance.now() - started) / 1000;
  spool.forget('s');
  await spool.close();
  return {
    what: `fill, ${records} records a batch`,
    figure: `${fixed((batch * records) / seconds / 1e6, 2)} M records/s`,
    beside: `${fixed((batch * payload.length) / MB / seconds, 0)} MB/s`,
  };
}

/** A start with 300 MB that the database has not taken: every byte is read and checked. */
async function opening(): Promise<readonly Row[]> {
  const at = join(folder, 'opening');
  const spool = await openSqliteSpool({ folder: at });
  const payload = payloadOf(2500);
  for (let batch = 1; batch <= 6000; batch++) {
    spool.append({ session: 's', batch, records: 2500, atMs: 1, payload });
    if (batch % 100 === 0) await spool.durable();
  }
  await spool.close();
  const started = performance.now();
  const again = await openSqliteSpool({ folder: at });
  const opened = performance.now();
  let bytes = 0;
  for (let fromBatch = 1; ;) {
    const entries = await again.read('s', { fromBatch });
    if (entries.length === 0) break;
    for (const entry of entries) bytes += entry.payload.length;
    fromBatch = entries.at(-1)!.batch + 1;
  }
  const read = performance.now();
  again.forget('s');
  await again.close();
  const row = (what: string, from: number, to: number) => ({
    what,
    figure: `${fixed(bytes / 1000 / (to - from), 0)} MB/s`,
    beside: `${fixed(to - from, 0)} ms`,
  });
  return [row('open with 300 MB', started, opened), row('read all of it', opened, read)];
}

/** Another program that writes 64 MiB and syncs it, again and again. */
const syncing = `
  const { openSync, writeSync, fsyncSync } = require('node:fs');
  const file = openSync(process.argv[1], 'w');
  const bytes = Buffer.alloc(2 ** 20, 7);
  for (;;) {
    for (let at = 0; at < 64; at++) writeSync(file, bytes, 0, bytes.length, at * bytes.length);
    fsyncSync(file);
  }`;

/** 50,000 records a second: a batch of 2,500 every 50 ms, acknowledged a second later. */
async function paced(what: string, isSpooling: boolean, isDisturbed: boolean): Promise<Row> {
  const spool = await openSqliteSpool({ folder: join(folder, `paced-${what}`) });
  const disturber = isDisturbed ? spawn(process.execPath, ['--eval', syncing, join(folder, 'disturbance')]) : null;
  await delay(500);
  const payload = payloadOf(2500);
  const calls: number[] = [];
  const safe: number[] = [];
  const loop = monitorEventLoopDelay({ resolution: 1 });
  const cpu = process.cpuUsage();
  loop.enable();
  using turn = new LongestTurn();
  for (let batch = 1; batch <= 160; batch++) {
    await delay(50);
    if (!isSpooling) continue;
    const started = performance.now();
    spool.append({ session: 's', batch, records: 2500, atMs: 1, payload });
    if (batch > 20) spool.acknowledge('s', batch - 20);
    calls.push(performance.now() - started);
    void spool.durable().then(() => safe.push(performance.now() - started));
  }
  loop.disable();
  const { user, system } = process.cpuUsage(cpu);
  await spool.durable();
  disturber?.kill();
  await spool.close();
  const shown = (values: readonly number[]) =>
    [0.5, 0.99, 1].map((share) => fixed(quantile(values, share), 2)).join(' / ');
  return {
    what,
    figure: `${fixed(turn.ms)} ms longest turn`,
    beside:
      `loop late by ${fixed(loop.max / MB)} ms at most; CPU ${fixed((user + system) / 8e4, 0)} %` +
      (isSpooling ? `; append p50/p99/max ${shown(calls)} ms; durable after ${shown(safe)} ms` : ''),
  };
}

const rows: Row[] = [];
for (const records of [50, 500, 5000]) rows.push(await fill(records));
rows.push(...(await opening()));
rows.push(await paced('nothing, the machine itself', false, false));
rows.push(await paced('50,000 records/s', true, false));
rows.push(await paced('nothing, beside 64 MiB synced again and again', false, true));
rows.push(await paced('50,000 records/s, beside that', true, true));
print({ title: 'Spool', input: `payloads of ${bytesPerRecord} bytes a record, ${folder}`, rows });
