// The checks of `trader doctor`. Each asks one thing in the way a recording would, changes nothing that a recording would
// not, and names what to do when it fails. None of them throws.
import { access, constants, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { createRestClient, findMarkets, MarketDiscoveryError, unknownMarkets } from '@trader/market-discovery';
import { createOrderbookClient, type OrderbookClientError } from '@trader/orderbook-client';
import { databaseName } from '../config/database.ts';
import type { Config, LiveConfig } from '../config/config-types.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { signedRest } from '../feed/discovered-markets.ts';
import type { Runtime } from '../runtime/system-runtime.ts';
import { fail, ok, skipped, warn, type Verdict } from './doctor-report.ts';
import { messageOf } from '../errors.ts';
import { hasModes, openToOthers } from './file-modes.ts';
import { openStore } from '../store/open-store.ts';

/** REST refuses a signature whose time is a minute off and takes one that is 10 s off; what is between is not known. */
const MAX_SKEW_MS = 5_000;
const SOCKET_TIMEOUT_MS = 15_000;
const MIN_FREE_BYTES = 1024 ** 3;
/** What Node takes from there, and only if it is told to. */
const ENVIRONMENT =
  'in the environment a proxy (HTTPS_PROXY, with NODE_USE_ENV_PROXY=1) and an authority of your own (NODE_EXTRA_CA_CERTS)';

/** REST without a signature, and from the same answer the exchange's clock. */
export async function checkRest(live: LiveConfig, runtime: Runtime): Promise<{ rest: Verdict; clock: Verdict }> {
  const host = new URL(live.restUrl).host;
  const askedAtMs = runtime.nowMs();
  try {
    const { exchangeAtMs } = await createRestClient({ restUrl: live.restUrl, runtime }).get('/exchange/status', {
      tries: 1,
    });
    const answeredAtMs = runtime.nowMs();
    const rest = ok(`${host} answers`);
    if (exchangeAtMs === null) return { rest, clock: skipped('the exchange does not say its time') };
    return { rest, clock: judgeClock(exchangeAtMs + 500 - (askedAtMs + answeredAtMs) / 2) };
  } catch (error) {
    const clock = skipped('REST does not answer');
    const { status } = error as MarketDiscoveryError;
    if (status === 503 || status === 504) {
      return { rest: fail(messageOf(error), 'The exchange may be in maintenance: try again later'), clock };
    }
    const fix = `Check the network, a firewall, ${ENVIRONMENT}, and --exchange or --rest-url`;
    return { rest: fail(messageOf(error), fix), clock };
  }
}

/** @param skewMs the exchange's clock minus this machine's; the `Date` header has whole seconds */
function judgeClock(skewMs: number): Verdict {
  const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return ok(`within ${seconds} s of the exchange's, which tells whole seconds`);
  const way = skewMs > 0 ? 'behind' : 'ahead of';
  return fail(`this machine's clock is ${seconds} s ${way} the exchange's`, 'Set it by NTP: signatures carry the time');
}

/** A request that only a right signature gets through. */
export async function checkCredentials(live: LiveConfig, runtime: Runtime): Promise<Verdict> {
  try {
    await createRestClient(signedRest(live.restUrl, live, runtime)).get('/account/limits', { tries: 2 });
    return ok('the exchange takes the key');
  } catch (error) {
    if (error instanceof MarketDiscoveryError && (error.status === 401 || error.status === 403)) {
      const fix =
        'Check that --key-id belongs to --key-file, that the key is of this exchange (demo and production have their own), and the clock';
      return fail(messageOf(error), fix);
    }
    if (error instanceof MarketDiscoveryError && error.code === 'REST_UNREACHABLE')
      return skipped('REST does not answer');
    return fail(messageOf(error), 'Try again; if it stays, ask Kalshi what happened to the key');
  }
}

/** A whole handshake, up to the first phase in which a recording would subscribe. */
export async function checkSocket(live: LiveConfig, timeoutMs: number = SOCKET_TIMEOUT_MS): Promise<Verdict> {
  const { host } = new URL(live.wsUrl);
  const credentials = { keyId: live.keyId, privateKeyPem: live.privateKeyPem };
  await using client = createOrderbookClient({
    url: live.wsUrl,
    credentials,
    markets: [],
    connectTimeoutMs: timeoutMs,
  });
  const { promise, resolve: settle } = Promise.withResolvers<Verdict>();
  client.on('problem', ({ error }) => settle(fail(error.message, socketFix(error))));
  client.on('status', ({ to }) => {
    if (to === 'subscribing' || to === 'live') settle(ok(`${host} opens a connection`));
  });
  client.start();
  return await promise;
}

const SOCKET_FIXES: Readonly<Record<string, string>> = {
  AUTH_REJECTED: 'Check the key as for credentials',
  ACCESS_DENIED: 'Check the key as for credentials',
  RATE_LIMITED: 'Close other connections of this key',
  EXCHANGE_UNAVAILABLE: 'The exchange may be in maintenance: try again later',
};

const socketFix = ({ code }: OrderbookClientError): string =>
  SOCKET_FIXES[code] ??
  `Check the network, that proxy and firewall let WebSockets through, ${ENVIRONMENT}, and --exchange or --ws-url`;

const MARKETS_SHOWN = 10;

/** Asks for what a recording would ask for: named markets by their names, others by the search. */
export async function checkMarkets(live: LiveConfig, runtime: Runtime): Promise<Verdict> {
  const asked = { ...signedRest(live.restUrl, live, runtime), ...live.discovery };
  const { discovery, markets: named } = live;
  const found = discovery ? await findMarkets(asked) : await unknownMarkets(asked, named);
  const [failure] = found.failures;
  if (failure)
    return fail(
      `${failure.part}: ${messageOf(failure.error)}`,
      'Check as for rest and credentials; recording begins once the markets are listed',
    );
  if ('unknown' in found) {
    const unreadable = new Set(found.refused.map(({ market }) => market));
    const unknown = named.filter((market) => found.unknown.includes(market) || unreadable.has(market));
    if (unknown.length > 0)
      return fail(`the exchange does not know ${someOf(unknown)}`, 'Correct the names in --markets, or take them out');
    return ok(`${countOf(named.length)} would be recorded: ${someOf(named)}`);
  }
  const tickers = found.markets.map(({ market }) => market);
  const odd = found.refused.map(({ market, reason }) => `${market} (${reason})`);
  const would =
    tickers.length === 0
      ? 'no market that fits is open now'
      : `${countOf(tickers.length)} would be recorded now: ${someOf(tickers)}`;
  if (odd.length > 0)
    return warn(`${would}; cannot be recorded: ${someOf(odd)}`, 'The others are recorded; tell us about these');
  return tickers.length > 0
    ? ok(would)
    : warn(would, 'A recording waits for the next one: check --series, --events and the filters');
}

const countOf = (markets: number): string => (markets === 1 ? '1 market' : `${markets} markets`);

const someOf = (names: readonly string[]): string =>
  names.slice(0, MARKETS_SHOWN).join(', ') +
  (names.length > MARKETS_SHOWN ? ` and ${names.length - MARKETS_SHOWN} more` : '');

/** Opens it as a recording does, which brings its tables up to date; a folder that is not there is not made. */
export async function checkDatabase({ database }: Config): Promise<Verdict> {
  const name = databaseName(database);
  try {
    if ('dataDir' in database) {
      const present = await nearestFolder(database.dataDir);
      if (!(await isWritable(present))) {
        return fail(
          `${name} cannot be written: ${present}`,
          'Give this user the right to write there, or another folder',
        );
      }
      if (present !== resolve(database.dataDir)) return ok(`${name} will be made in ${present}`);
    }
    await using store = await openStore(database);
    const [row] = await store.query(
      `select count(*)::int as migrations, pg_is_in_recovery() as standby,
              coalesce((select setting from pg_settings where name = 'default_transaction_read_only'), 'off') as read_only
       from information_schema.tables where table_name = 'sessions'`,
    );
    if (row?.['standby'] === true || row?.['read_only'] === 'on') {
      return fail(`${name} opens, and takes no writes`, 'Name the primary server, and a user that may write');
    }
    return ok(`${name} opens, its tables are up to date, and it can be written`);
  } catch (error) {
    const fix =
      'url' in database
        ? 'Check that the server runs, and the user, password and name in the URL'
        : 'Stop the other trader that uses the folder, or use PostgreSQL';
    return fail(messageOf(error), fix);
  }
}

/** Whether other users of this machine may read what is secret or recorded. */
export function checkFiles(loaded: LoadedConfig): Verdict {
  if (!hasModes) return skipped('Windows has no modes: see to it that folders and keys are open to this user only');
  const open = openToOthers(loaded);
  if (open.length === 0) return ok('other users of this machine can open neither secrets nor records');
  const named = open.map(({ path, mode }) => `${path} (mode ${mode})`).join(', ');
  return warn(`other users of this machine can open ${named}`, open.map(({ command }) => command).join('; '));
}

/** Room for what is written: the embedded database and the spool. */
export async function checkDisk({ database, spool }: Config, minFreeBytes: number = MIN_FREE_BYTES): Promise<Verdict> {
  const folders = ['dataDir' in database ? database.dataDir : null, spool.dir].filter((folder) => folder !== null);
  try {
    const free = await Promise.all(folders.map(async (folder) => ({ folder, bytes: await freeBytes(folder) })));
    const short = free.filter(({ bytes }) => bytes < minFreeBytes);
    const told = (short.length > 0 ? short : free).map(({ folder, bytes }) => `${gibibytes(bytes)} free for ${folder}`);
    if (short.length === 0) return ok(told.join(', '));
    return fail(told.join(', '), `Make room: at least ${gibibytes(minFreeBytes)}, or name other folders`);
  } catch (error) {
    return fail(messageOf(error), 'Check the folders of --database and --spool-dir');
  }
}

const gibibytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestFolder(folder));
  return bavail * bsize;
}

/** The folder itself, or the nearest one above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const there = await access(at).then(
      () => true,
      () => false,
    );
    if (there || at === dirname(at)) return at;
  }
}

const isWritable = (folder: string): Promise<boolean> =>
  access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );

/** Whether the status server could listen. */
export async function checkPort({ http: { host, port } }: Config): Promise<Verdict> {
  if (port === 0) return ok('any free port');
  const { promise, resolve: settle } = Promise.withResolvers<Verdict>();
  const server = createServer();
  server.once('error', (error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be had (${error.code ?? error.message})`;
    settle(fail(`port ${port} of ${host} ${why}`, 'Choose another --port, or 0 for any; or stop who has it'));
  });
  server.listen({ host, port, exclusive: true }, () => settle(ok(`port ${port} of ${host} is free`)));
  const verdict = await promise;
  await new Promise<void>((done) => void server.close(() => done()));
  return verdict;
}
