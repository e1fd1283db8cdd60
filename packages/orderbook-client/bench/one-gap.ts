// Twenty thousand books after one lost frame: from the frame that shows the gap until all of them are synced again, against
// the floor: asking at once and parsing the same bytes.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createOrderbookClient } from '../src/index.ts';
import { Countdown } from './countdown.ts';
import { MARKETS_PER_COMMAND, subscribeCommands } from './frames.ts';
import { collectGarbage } from './garbage.ts';
import { atMost, print, round, times } from './report.ts';
import { interleave, median } from './rounds.ts';
import { startSender } from './sender-process.ts';

const markets = 20_000;
const rounds = 5;
await using sender = await startSender({ grid: 'cent', markets, deltas: 0, repairs: true });

type Contender = { readonly name: string; repair(): Promise<number> };

/** What nobody can beat who parses. */
const floor: Contender = {
  name: 'floor: ask at once, bare ws + JSON.parse',
  repair: async () => {
    const socket = new WebSocket(sender.url, { perMessageDeflate: false });
    let countdown = new Countdown(markets);
    let gapAtMs = 0;
    socket.on('message', (data: Buffer) => {
      const { type } = JSON.parse(data.toString('utf8')) as { type: string };
      if (type === 'orderbook_snapshot') countdown.tick();
      if (type !== 'orderbook_delta') return;
      gapAtMs = performance.now();
      countdown = new Countdown(markets);
      for (let from = 0; from < markets; from += MARKETS_PER_COMMAND) socket.send(questionFor(from));
      countdown.done.then(gone, gone);
    });
    let gone: () => void = () => undefined;
    const repaired = new Promise<void>((resolve) => void (gone = resolve));
    await once(socket, 'open');
    for (const command of subscribeCommands(sender.markets)) socket.send(command);
    await countdown.done;
    collectGarbage();
    sender.loseOne();
    await repaired;
    const tookMs = performance.now() - gapAtMs;
    socket.terminate();
    await once(socket, 'close');
    return tookMs;
  },
};

const questionFor = (from: number): string => {
  const market_tickers = sender.markets.slice(from, from + MARKETS_PER_COMMAND);
  return JSON.stringify({
    id: 1000 + from,
    cmd: 'update_subscription',
    params: { sid: 1, action: 'get_snapshot', market_tickers },
  });
};

const ours: Contender = {
  name: '@trader/orderbook-client',
  repair: async () => {
    const credentials = { keyId: 'bench', sign: () => '' };
    const client = createOrderbookClient({
      url: sender.url,
      markets: sender.markets,
      credentials,
      auditIntervalMs: Infinity,
    });
    client.start();
    await client.whenSynced({ timeoutMs: 60_000 });
    collectGarbage();
    const isStale = new Promise<number>((resolve) => void client.on('stale', () => resolve(performance.now())));
    sender.loseOne();
    const gapAtMs = await isStale;
    await client.whenSynced({ timeoutMs: 60_000 });
    const tookMs = performance.now() - gapAtMs;
    const { epoch, counters } = client.status();
    if (epoch !== 1 || counters.gaps !== 1) throw new Error(`one gap became ${counters.gaps} on ${epoch} connections`);
    await client.close();
    return tookMs;
  },
};

const contenders = [floor, ours];
const results = await interleave(contenders, rounds, (contender) => contender.repair());
const [floorMs, oursMs] = contenders.map((contender) => median(results.get(contender)!)) as [number, number];

print({
  title: 'One gap',
  input: `${markets} cent markets, ${round(sender.levelsPerBook)} levels a book, one lost frame, median of ${rounds} rounds`,
  rows: [
    { what: floor.name, figure: `${round(floorMs)} ms` },
    {
      what: ours.name,
      figure: `${round(oursMs)} ms`,
      ratio: times(oursMs / floorMs),
      goal: atMost(oursMs / floorMs, 2),
    },
  ],
});
