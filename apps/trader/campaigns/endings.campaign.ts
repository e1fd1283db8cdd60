// One recorder on one database, whose process ends in another way each round: asked to, killed, asleep for longer than its
// lease, or with the database crashing under it. Whatever it was, the next one goes on from there.
import { createExchange } from '@trader/exchange-simulator';
import { createSessionStore, type SessionRow } from '@trader/session-store';
import { campaignRounds, seededRandom, temporaryFolder, testSeed, type TestPostgres } from '@trader/testkit';
import { expect, test } from 'vitest';
import { breachesOf, NO_BREACHES } from '../test/laws.ts';
import { startOwnServer } from '../test/own-server.ts';
import { RunningTrader, type ChildOptions } from '../test/running-trader.ts';

const ENDINGS = ['stop', 'kill', 'sleep', 'crash-and-kill', 'crash-and-stop'] as const;
type Ending = (typeof ENDINGS)[number];

const rounds = campaignRounds(5);
const seed = testSeed();

test(`${rounds} endings of one recorder: each session is ended as it happened, a cut one is continued by the next, and every law holds`, async () => {
  const random = seededRandom(seed);
  using spool = temporaryFolder('trader-spool-', { inMemory: true });
  await using server = await startOwnServer();
  const url = await server.createDatabase();
  await using exchange = await createExchange({ seed, markets: 20, deltasPerSecond: 1_000 });
  const options: ChildOptions = {
    feed: { url: exchange.url, credentials: exchange.credentials, markets: exchange.markets },
    database: { url },
    recorder: 'desk',
    holdDownMs: 3_000,
    drainMs: 30_000,
    // Somebody waits for it to run out after most endings, but no machine may be so busy that it runs out before.
    store: { spool: { dir: spool.path }, lease: { durationMs: 4_000, sweepEveryMs: 500 }, batch: { maxAgeMs: 200 } },
  };

  const expected: { readonly id: string; readonly status: string; readonly how: string }[] = [];
  for (let round = 0; round < rounds; round++) {
    // Each at least once in a short round, in the order of the list; then as it comes.
    const ending = ENDINGS[round < ENDINGS.length ? round : Math.floor(random() * ENDINGS.length)]!;
    const how = `round ${round}, seed ${seed}: ${ending}`;
    process.stderr.write(`${how}\n`);
    await using trader = await RunningTrader.start(options);
    const { session } = await trader.ready(1 + Math.floor(random() * 1_500));
    expected.push({ id: session!.id, how, status: await endings[ending]({ trader, server, url }) });
  }

  await using last = await RunningTrader.start(options);
  await last.ready();
  expect(await last.stop(), last.log.slice(-3_000)).toBe(0);
  const sessions = (await sessionsOf(url)).slice(0, -1);
  expect(sessions.map(({ id, status }, index) => ({ id, status, how: expected[index]?.how }))).toEqual(expected);
  // One that was ended as it should be is complete: nobody goes on from there.
  for (const [index, { continues }] of sessions.entries()) {
    const before = sessions[index - 1];
    expect(continues, expected[index]!.how).toBe(before?.status === 'reclaimed' ? before.id : null);
  }
  expect(await breachesOf(url), `seed ${seed}`).toEqual(NO_BREACHES);
});

type Place = { readonly trader: RunningTrader; readonly server: TestPostgres; readonly url: string };

/** @returns how its session is to have ended */
const endings: Readonly<Record<Ending, (place: Place) => Promise<'closed' | 'reclaimed'>>> = {
  stop,
  kill,
  async sleep({ trader, url }) {
    trader.child.kill('SIGSTOP');
    const lease = { sweepEveryMs: 100 };
    await using _sweeper = await createSessionStore({ url, spool: false, compaction: false, lease });
    const newest = async () => (await sessionsOf(url)).at(-1)!.status;
    await expect.poll(newest).toBe('reclaimed');
    return await kill({ trader });
  },
  async 'crash-and-kill'(place) {
    await crash(place);
    return kill(place);
  },
  async 'crash-and-stop'(place) {
    await crash(place);
    return stop(place);
  },
};

async function stop({ trader }: Pick<Place, 'trader'>): Promise<'closed'> {
  expect(await trader.stop(), trader.log.slice(-3_000)).toBe(0);
  return 'closed';
}

async function kill({ trader }: Pick<Place, 'trader'>): Promise<'reclaimed'> {
  await trader.kill();
  return 'reclaimed';
}

async function crash({ trader, server }: Place): Promise<void> {
  await server.crash();
  await trader.until('failing store', ({ store }) => store.startsWith('failing'));
  await server.start();
}

async function sessionsOf(url: string): Promise<readonly SessionRow[]> {
  await using store = await createSessionStore({ url, spool: false, compaction: false });
  return (await store.sessions({ limit: 1_000_000 })).toReversed();
}
