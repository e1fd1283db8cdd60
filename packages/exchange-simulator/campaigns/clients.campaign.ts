// Other people's clients against the exchange, unchanged but for URLs and keys: over REST and sockets, plain and over TLS.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { campaignRounds, temporaryFolder, testSeed } from '@trader/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { createExchange, type Exchange } from '../src/index.ts';

const folder = fileURLToPath(new URL('clients/', import.meta.url));
const rounds = Array.from({ length: campaignRounds(2) }, (_, round) => ({
  seed: testSeed() + round,
  tls: round % 2 === 1,
}));

beforeAll(() => {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the clients could not be installed:\n${stderr}`);
});

type Stage = Record<string, unknown>;

/** A client in a process of its own, which takes what it needs from its environment. */
class ClientProcess implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #stages: AsyncIterator<string>;
  #errors = '';

  constructor(script: string, environment: Record<string, string>) {
    const env = { ...process.env, ...environment };
    this.#child = spawn(process.execPath, [join(folder, script)], { cwd: folder, env });
    this.#child.stderr.on('data', (data: Buffer) => (this.#errors += data.toString()));
    // stage() says that it has ended, and with which words.
    this.#child.stdin.on('error', () => undefined);
    this.#stages = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async stage(name: string): Promise<Stage> {
    const { value, done } = await this.#stages.next();
    if (done) throw new Error(`the client ended before it told of ${name}:\n${this.#errors}`);
    const stage = JSON.parse(value) as Stage;
    if (stage['stage'] !== name) throw new Error(`the client told of ${String(stage['stage'])} in place of ${name}`);
    return stage;
  }

  next(): void {
    this.#child.stdin.write('\n');
  }

  async end(): Promise<number | null> {
    const { exitCode } = this.#child;
    return exitCode ?? ((await once(this.#child, 'exit')) as [number | null])[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.end();
  }
}

/** An exchange, and a client that is pointed at it. */
async function start(script: string, { seed, tls }: (typeof rounds)[number]) {
  const files = temporaryFolder();
  const exchange = await createExchange({ seed, tls, markets: 5, deltasPerSecond: 500, keyType: 'rsa' });
  const { credentials, certificatePem } = exchange;
  const write = (name: string, text: string): string => {
    writeFileSync(join(files.path, name), text);
    return join(files.path, name);
  };
  // One price throughout, until the client has looked at it.
  exchange.control.markets.pauseTrading();
  const client = new ClientProcess(script, {
    KALSHI_API_KEY_ID: credentials.keyId,
    KALSHI_API_KEY: credentials.keyId,
    KALSHI_PRIVATE_KEY_PATH: write('client.pem', credentials.privateKeyPem),
    KALSHI_BASE_URL: exchange.restUrl,
    KALSHI_WS_URL: exchange.url,
    ...(certificatePem !== undefined && { NODE_EXTRA_CA_CERTS: write('trust.pem', certificatePem) }),
  });
  return {
    exchange,
    client,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await exchange.close();
      files.remove();
    },
  };
}

const price = (value: number): string => (value / 10_000).toFixed(4);
const size = (value: number): string => (value / 100).toFixed(2);

/** The exchange's own book, in the text of the wire. */
function bookOf(exchange: Exchange, ticker: string) {
  const { yes, no } = exchange.book(ticker) ?? { yes: [], no: [] };
  const side = (levels: typeof yes) => levels.map(([at, much]) => [price(at), size(much)]);
  return { yes: side(yes), no: side(no) };
}

const byPrice = (levels: readonly string[][]) => levels.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1));

describe.each(rounds)('a client, seed $seed, tls $tls:', (round) => {
  it('kalshi-client', async () => {
    await using world = await start('kalshi-client.mjs', round);
    const { exchange, client } = world;
    const [first = ''] = exchange.markets;
    const { no, yes } = bookOf(exchange, first);
    expect(await client.stage('rest')).toMatchObject({
      status: { exchange_active: true, trading_active: false },
      balance: 1_000_000,
      tickers: exchange.markets,
      market: { ticker: first, status: 'active' },
      orderbook: { orderbook_fp: { no_dollars: no, yes_dollars: yes } },
      unknown: 404,
    });
    exchange.control.markets.resumeTrading();
    expect(await client.stage('live')).toMatchObject({ sid: 1 });
    exchange.control.markets.pauseTrading();
    client.next();
    const stage = await client.stage('books');
    expect(stage).toMatchObject({
      gaps: 0,
      subscriptions: [
        { channel: 'orderbook_delta', sid: 1 },
        { channel: 'trade', sid: 2 },
        { channel: 'communications', sid: 3 },
      ],
    });
    const books = stage['books'] as Record<string, { yes: string[][]; no: string[][] }>;
    for (const ticker of exchange.markets) {
      const { yes = [], no = [] } = books[ticker] ?? {};
      expect({ ticker, yes: byPrice(yes), no: byPrice(no) }).toEqual({
        ticker,
        ...bookOf(exchange, ticker),
      });
    }
    expect(await client.end()).toBe(0);
  });

  it('pmxt-core', async () => {
    await using world = await start('pmxt-core.mjs', round);
    const { exchange, client } = world;
    const [first = ''] = exchange.markets;
    const { yes, no } = exchange.book(first) ?? { yes: [], no: [] };
    const levels = {
      bids: yes.toReversed().map(([at, much]) => ({ price: at / 10_000, size: much / 100 })),
      asks: no.toReversed().map(([at, much]) => ({ price: (10_000 - at) / 10_000, size: much / 100 })),
    };
    expect(await client.stage('rest')).toMatchObject({ tickers: exchange.markets, balance: 10_000, orderbook: levels });
    const books = await client.stage('books');
    expect(books).toMatchObject({ orderbook: levels });
    expect(books['unknown']).toMatch(/market not found/);
    await client.stage('waiting');
    await expect.poll(() => exchange.totals().commands).toBeGreaterThanOrEqual(3);
    exchange.control.markets.resumeTrading();
    const [best = 0] = no.at(-1) ?? [];
    const bought = exchange.control.orders.place({ ticker: first, side: 'yes', price: 10_000 - best, size: 100 });
    expect(bought).toMatchObject({ outcome: 'placed', order: { filled: 100 } });
    client.next();
    const { watched, fetched } = (await client.stage('trades')) as { watched: object[]; fetched: object[] };
    expect(watched).toHaveLength(1);
    expect(fetched.length).toBeGreaterThan(0);
    expect(await client.end()).toBe(0);
  });
});
