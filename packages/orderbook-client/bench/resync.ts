// A thousand books synced again after the connection was cut, against the floor: dialling at once and parsing the same
// bytes. The clock starts at the cut, in the other process.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createOrderbookClient } from '../src/index.ts';
import { Countdown } from './countdown.ts';
import { firstDeltaSeq, microsecondsBetween, stampNow, subscribeCommands } from './frames.ts';
import { collectGarbage } from './garbage.ts';
import { atMost, print, round, times, type Row } from './report.ts';
import { interleave, median } from './rounds.ts';
import { startSender, type Sender } from './sender-process.ts';

const markets = 1000;
const rounds = 20;
const options = { grid: 'cent', markets, deltas: 0 } as const;

/** Milliseconds since the cut. */
type Recovery = { readonly redialledMs: number; readonly syncedMs: number };
type Contender = { readonly name: string; recover(): Promise<Recovery>; close(): Promise<void> };

await using floorSender = await startSender(options);
await using oursSender = await startSender(options);

/** @param synced starts to watch, and resolves once everything is back */
async function cutAndWait(sender: Sender, synced: () => Promise<unknown>): Promise<Recovery> {
  collectGarbage();
  const back = synced().then(stampNow);
  const cutAt = await sender.cut();
  const backAt = await back;
  const since = (at: number) => microsecondsBetween(cutAt, at) / 1000;
  return { redialledMs: since(sender.connectedAt), syncedMs: since(backAt) };
}

/** What nobody can beat who parses: it dials when the socket closes, and looks at nothing. */
async function floor(): Promise<Contender> {
  const commands = subscribeCommands(floorSender.markets);
  let countdown: Countdown;
  let socket: WebSocket;
  let open = true;
  const expectAll = (): Promise<number> => {
    // A number per frame, and the first acknowledgement has none.
    countdown = new Countdown(firstDeltaSeq(markets));
    return countdown.done;
  };
  const dial = (): void => {
    socket = new WebSocket(floorSender.url, { perMessageDeflate: false });
    socket.on('open', () => {
      for (const command of commands) socket.send(command);
    });
    socket.on('message', (data: Buffer) => {
      JSON.parse(data.toString('utf8'));
      countdown.tick();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (open) dial();
    });
  };
  const first = expectAll();
  dial();
  await first;
  return {
    name: 'floor: dial at once, bare ws + JSON.parse',
    recover: () => cutAndWait(floorSender, expectAll),
    close: async () => {
      open = false;
      socket.terminate();
      await once(socket, 'close');
    },
  };
}

async function ours(): Promise<Contender> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const client = createOrderbookClient({
    url: oursSender.url,
    markets: oursSender.markets,
    credentials: { keyId: 'bench', privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) },
    auditIntervalMs: Infinity,
    // Every cut is the first one, as after days of quiet.
    stableAfterMs: 0,
  });
  client.start();
  await client.whenSynced({ timeoutMs: 60_000 });
  const liveAgain = () =>
    new Promise<void>((resolve) => {
      const off = client.on('status', ({ to }) => {
        if (to !== 'live') return;
        off();
        resolve();
      });
    });
  return {
    name: '@trader/orderbook-client',
    recover: () => cutAndWait(oursSender, liveAgain),
    close: () => client.close(),
  };
}

const contenders = [await floor(), await ours()];
const results = await interleave(contenders, rounds, (contender) => contender.recover());
for (const contender of contenders) await contender.close();

const middle = (contender: Contender, key: keyof Recovery) => median(results.get(contender)!.map((run) => run[key]));
const floorMs = middle(contenders[0]!, 'syncedMs');
const rows = contenders.flatMap((contender, index): Row[] => {
  const syncedMs = middle(contender, 'syncedMs');
  return [
    { what: `${contender.name}: dialled again`, figure: `${round(middle(contender, 'redialledMs'))} ms` },
    {
      what: `${contender.name}: all books back`,
      figure: `${round(syncedMs)} ms`,
      ...(index > 0 && { ratio: times(syncedMs / floorMs), goal: atMost(syncedMs / floorMs, 2) }),
    },
  ];
});

print({
  title: 'Resync after a cut',
  input: `${markets} cent markets, ${round(oursSender.levelsPerBook)} levels a book, median of ${rounds} cuts`,
  rows,
});
