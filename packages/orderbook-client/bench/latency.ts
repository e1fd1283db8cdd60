// From the sender's write to the listener's call, at a steady 10,000 messages a second, against a control that only
// reads the time out of the message. Both processes read the machine's monotonic clock.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createOrderbookClient } from '../src/index.ts';
import { microsecondsBetween, readStamp, stampNow } from './frames.ts';
import { collectGarbage } from './garbage.ts';
import { print, round, times, type Row } from './report.ts';
import { interleave, median, quantile } from './rounds.ts';
import { startSender } from './sender-process.ts';

const perSecond = 10_000;
const deltas = 20_000;
const markets = 1000;
const rounds = 5;

await using sender = await startSender({ grid: 'cent', markets, deltas });

/** Collects microseconds. */
class Latencies {
  readonly values = new Float64Array(deltas);
  readonly full = Promise.withResolvers<void>();
  #count = 0;

  add(sentAt: number): void {
    this.values[this.#count++] = microsecondsBetween(sentAt, stampNow());
    if (this.#count === deltas) this.full.resolve();
  }
}

type Opened = { readonly latencies: Latencies; readonly close: () => Promise<void> };

async function control(): Promise<Opened> {
  const latencies = new Latencies();
  const socket = new WebSocket(sender.url, { perMessageDeflate: false });
  await once(socket, 'open');
  socket.on('message', (data: Buffer) => latencies.add(readStamp(data)));
  return {
    latencies,
    close: async () => {
      socket.terminate();
      await once(socket, 'close');
    },
  };
}

async function ours(): Promise<Opened> {
  const latencies = new Latencies();
  const client = createOrderbookClient({
    url: sender.url,
    markets: sender.markets,
    credentials: { keyId: 'bench', sign: () => '' },
    auditIntervalMs: Infinity,
  });
  client.on('delta', ({ exchangeAtMs, applied }) => {
    if (applied) latencies.add(exchangeAtMs!);
  });
  client.start();
  await client.whenSynced({ timeoutMs: 60_000 });
  return { latencies, close: () => client.close() };
}

type Percentiles = { readonly p50: number; readonly p99: number };

async function measure(open: () => Promise<Opened>): Promise<Percentiles> {
  const { latencies, close } = await open();
  collectGarbage();
  sender.pace(perSecond);
  const limit = setTimeout(() => latencies.full.reject(new Error('not every delta arrived')), 60_000);
  try {
    await latencies.full.promise;
  } finally {
    clearTimeout(limit);
    await close();
  }
  return { p50: quantile(latencies.values, 0.5), p99: quantile(latencies.values, 0.99) };
}

const results = await interleave([control, ours], rounds, measure);
const middle = (contender: typeof ours, key: keyof Percentiles) =>
  median(results.get(contender)!.map((percentiles) => percentiles[key]));

function rows(key: keyof Percentiles, allowedUs: number): Row[] {
  const floor = middle(control, key);
  const value = middle(ours, key);
  const text = `≤ 1.5x${allowedUs > 0 ? ` + ${allowedUs / 1000} ms` : ''}`;
  return [
    { what: `control, ${key}`, figure: `${round(floor)} µs` },
    {
      what: `@trader/orderbook-client, ${key}`,
      figure: `${round(value)} µs`,
      ratio: times(value / floor),
      goal: { text, met: value <= 1.5 * floor + allowedUs },
    },
  ];
}

print({
  title: 'Latency from send to listener',
  input: `${perSecond} deltas a second over ${markets} cent markets, ${deltas} a round, median of ${rounds} rounds`,
  rows: [...rows('p50', 0), ...rows('p99', 1000)],
});
