// What a dataset costs, and whether memory grows with it: a million deltas and ten, of 23 series on one day, each exported by a process of
// its own. By hand, as it takes minutes: node --conditions=@trader/source bench/export.ts [series] [millions of deltas, from … to …]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@trader/testkit';
import { createSessionStore, openReader, verifyDataset } from '../src/index.ts';
import { appendAll } from './recording.ts';
import { atMost, print, round, times } from './report.ts';
import { startServer } from './server.ts';
import { Traffic } from './traffic.ts';

type Asked = { readonly url: string; readonly session: string; readonly folder: string };
type Measured = {
  readonly rows: number;
  readonly files: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly verifySeconds: number;
  readonly bytes: number;
};

/** A step of the recording, which is all that this process holds of it. */
const stepDeltas = 100_000;
const [series = 23, from = 1, to = 10] = process.argv.slice(2).map(Number);
const sizes = [from * 1e6, to * 1e6];

if (process.send) {
  process.once('message', (asked: Asked) => void measure(asked).then((measured) => process.send!(measured)));
} else {
  await measureAll();
}

async function measure({ url, session, folder }: Asked): Promise<Measured> {
  await using reader = await openReader({ url });
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  // No market's name has this in it: each is a series of its own.
  const { rows, files } = await reader.exportDataset({ folder, sessions: [session], seriesSeparator: '#' });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  const { ok, bytes } = await verifyDataset(folder);
  if (!ok) throw new Error('The dataset is not what its manifest says.');
  const verifySeconds = (performance.now() - began) / 1000 - seconds;
  return { rows, files, seconds, cpuSeconds: (user + system) / 1e6, peakMiB, verifySeconds, bytes };
}

async function measureAll(): Promise<void> {
  await using server = await startServer();
  await using store = await createSessionStore({ url: server.url, compaction: false });
  const found: Measured[] = [];
  for (const deltas of sizes) {
    const session = await store.openSession({ recorder: `bench-${deltas}` });
    const traffic = new Traffic({ markets: series, perSecond: 1_000 });
    await appendAll(session, traffic.snapshots());
    for (let done = 0; done < deltas; done += stepDeltas) await appendAll(session, traffic.take(stepDeltas));
    await session.close({ status: 'closed', reason: 'recorded' });
    using folder = temporaryFolder('bench-export-');
    const child = fork(fileURLToPath(import.meta.url), { execArgv: ['--conditions=@trader/source'] });
    child.send({ url: server.url, session: session.id, folder: folder.path } satisfies Asked);
    const [measured] = (await once(child, 'message')) as [Measured];
    child.disconnect();
    await once(child, 'exit');
    found.push(measured);
  }
  const [small, large] = found as [Measured, Measured];
  const ratio = large.peakMiB / small.peakMiB;
  print({
    title: 'A dataset',
    input: `deltas of ${series} series on one day, 2.5 trades a hundred, fresh; a process of its own exports each, one run`,
    rows: [
      ...found.map((measured, index) => ({
        what: `${sizes[index]!.toLocaleString('en')} deltas`,
        figure: `${round(measured.rows / measured.seconds)} rows/s`,
        beside:
          `${round(measured.rows)} rows in ${round(measured.seconds)} s (processor ${round(measured.cpuSeconds)} s), ${measured.files} files, ` +
          `${round(measured.bytes / 2 ** 20)} MiB, peak RSS ${round(measured.peakMiB)} MiB, verified in ${round(measured.verifySeconds)} s`,
      })),
      {
        what: `peak RSS, ${to / from} times the rows`,
        figure: `${round(large.peakMiB)} MiB`,
        ratio: times(ratio),
        goal: atMost(ratio, 1.5, 'x'),
      },
    ],
  });
}
