// SIGUSR2 on a real process: what of its settings it takes while it records, what stays, and what it says.
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { createExchange } from '@trader/exchange-simulator';
import { selfSigned, temporaryFolder } from '@trader/testkit';
import { Agent, request } from 'node:https';
import { expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { newDatabase } from './databases.ts';
import { Program } from './program.ts';

/** Sends SIGUSR2 as soon as somebody listens for it. */
const SEND = `process.on('newListener', (name) => name === 'SIGUSR2' && setImmediate(() => process.kill(process.pid, name)))`;
const AT_ONCE = ['--import', `data:text/javascript,${encodeURIComponent(SEND)}`];

const SOON = { timeout: 45_000, interval: 50 };

/** Passes everything on, and remembers with which key each connection was begun. */
async function keyWatcher(port: number) {
  const keys: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const other = connectTcp(port, '127.0.0.1');
    for (const each of [socket, other]) {
      sockets.add(each);
      each.on('error', () => undefined).on('close', () => sockets.delete(each));
    }
    socket.once('data', (head: Buffer) => {
      const key = /^kalshi-access-key: (.*)\r$/im.exec(head.toString('latin1'))?.[1];
      if (/^GET \S+\/ws\/v2/.test(head.toString('latin1'))) keys.push(`socket ${key}`);
      else keys.push(`rest ${key}`);
    });
    socket.pipe(other).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    keys,
    cut: () => sockets.forEach((socket) => socket.destroy()),
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}

type Status = {
  readonly state: string;
  readonly session: { readonly id: string; readonly deltas: number } | null;
  readonly feed: { readonly epoch: number; readonly connections: readonly { readonly sid: number | null }[] };
  readonly unknownMarkets: readonly { readonly market: string }[];
  readonly discovery: { readonly listings: number } | null;
  readonly books: readonly { readonly market: string; readonly synced: boolean }[];
  readonly reload: { readonly last: string | null; readonly needsRestart: readonly string[] };
};

/** A trader on an exchange, with a token and a certificate, whose settings are in files. */
async function reloadable() {
  const folder = temporaryFolder('trader-reload-');
  const second = generateKeyPairSync('ed25519');
  const exchange = await createExchange({
    markets: 4,
    deltasPerSecond: 100,
    keys: [{ keyId: 'second-key', publicKeyPem: second.publicKey.export({ type: 'spki', format: 'pem' }) }],
  });
  const watcher = await keyWatcher(Number(new URL(exchange.url).port));
  const pairs = [selfSigned(), selfSigned()] as const;
  const write = (name: string, text: string): string => {
    const path = join(folder.path, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  let settings: Record<string, unknown> = {
    wsUrl: `ws://127.0.0.1:${watcher.port}${new URL(exchange.url).pathname}`,
    keyId: exchange.credentials.keyId,
    keyFile: write('key.pem', exchange.credentials.privateKeyPem),
    markets: exchange.markets.slice(0, 2),
    channels: ['trade'],
    database: await newDatabase(),
    spool: { dir: join(folder.path, 'spool') },
    logLevel: 'info',
    http: {
      port: 0,
      tokenFile: write('token', 'the-first-token-of-all'),
      tls: { certFile: write('server.crt', pairs[0].cert), keyFile: write('server.key', pairs[0].key) },
    },
  };
  const config = write('settings.yaml', stringify(settings));
  const program = new Program(['run', '--config', config], { cwd: folder.path, nodeArgs: AT_ONCE });
  const url = () => new URL(/Status: (https:[^\s"]+)/.exec(program.stderr)![1]!);
  /** Of lines that have come whole. */
  const lines = () =>
    program.stderr
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { readonly level: string; readonly msg: string });
  const texts = () => lines().map(({ msg }) => msg);
  const get = (path: string, token = 'the-first-token-of-all') => {
    const answered = Promise.withResolvers<{ readonly status: number; readonly body: string }>();
    const options = { headers: { authorization: `Bearer ${token}` }, agent: new Agent({ rejectUnauthorized: false }) };
    request(new URL(path, url()), options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => answered.resolve({ status: response.statusCode!, body }));
    })
      .on('error', answered.reject)
      .end();
    return answered.promise;
  };
  return {
    exchange,
    watcher,
    pairs,
    program,
    write,
    get,
    lines,
    texts,
    secondKeyPem: second.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    change(changes: Record<string, unknown>) {
      settings = { ...settings, ...changes };
      write('settings.yaml', stringify(settings));
    },
    replace(all: Record<string, unknown>) {
      settings = all;
      write('settings.yaml', stringify(settings));
    },
    settings: () => settings,
    /** Resolves with what the log says from then on, once it says how the reload ended. */
    async reload(): Promise<readonly string[]> {
      const before = lines().length;
      program.child.kill('SIGUSR2');
      return vi.waitFor(() => {
        const said = texts().slice(before);
        if (!said.some((text) => /^(settings reloaded|the settings are wrong)/.test(text))) {
          throw new Error(`no reload: ${program.stderr.slice(-2_000)}`);
        }
        return said;
      }, SOON);
    },
    status: (fits: (status: Status) => boolean, token?: string) =>
      vi.waitFor(async () => {
        const { body } = await get('/status', token);
        const status = JSON.parse(body) as Status;
        if (!fits(status)) throw new Error(`not so yet: ${body.slice(0, 1_500)}`);
        return status;
      }, SOON),
    async certificate(): Promise<string> {
      const socket = connectTls({ host: '127.0.0.1', port: Number(url().port), rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    },
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await watcher[Symbol.asyncDispose]();
      await exchange.close();
      folder.remove();
    },
  };
}

test('a command that reads its settings once goes on, and says so', async () => {
  using folder = temporaryFolder('trader-reload-');
  await using program = new Program(['tape', 'record', '--out', 'some.ndjson'], {
    cwd: folder.path,
    nodeArgs: AT_ONCE,
  });
  await vi.waitFor(() => expect(program.stderr).toContain('the feed is live'), SOON);
  program.child.kill('SIGUSR2');
  const said = /^trader: SIGUSR2: this command reads its settings once, and goes on$/gm;
  await vi.waitFor(() => expect(program.stderr.match(said)).toHaveLength(2), SOON);
  program.child.kill('SIGTERM');
  expect(await program.exited).toBe(0);
});

const NEW_TOKEN = 'another-token-as-long';

test('SIGUSR2 brings new settings into effect in the same session, and names what it cannot', async () => {
  await using trader = await reloadable();
  const { exchange, program, watcher, pairs, status } = trader;
  const [a, b, c, d] = exchange.markets as [string, string, string, string];
  const isReady = ({ state, session }: Status): boolean => state === 'ready' && (session?.deltas ?? 0) > 0;
  const marketsOf = ({ books }: Status): readonly string[] => books.map(({ market }) => market).toSorted();
  const has =
    (...markets: string[]) =>
    (now: Status) =>
      isReady(now) && String(marketsOf(now)) === String(markets.toSorted()) && now.books.every(({ synced }) => synced);

  // It was asked for before the program was loaded: that killed nobody, and is done once it can be.
  const first = await status(has(a, b));
  expect(trader.texts()).toContain('settings reloaded: nothing has changed');
  const fingerprint = (index: 0 | 1): string => new X509Certificate(pairs[index].cert).fingerprint256;
  expect(await trader.certificate()).toBe(fingerprint(0));

  // Everything at once.
  trader.write('token', `${NEW_TOKEN}\n`);
  trader.write('server.crt', pairs[1].cert);
  trader.write('server.key', pairs[1].key);
  trader.write('second.pem', trader.secondKeyPem);
  trader.change({
    markets: [a, c],
    logLevel: 'debug',
    keyId: 'second-key',
    keyFile: 'second.pem',
    recorder: 'somebody-else',
    connections: 2,
  });
  const said = await trader.reload();
  const line = said.find((text) => text.startsWith('settings reloaded'));
  expect(line).toBe(
    `settings reloaded: keyId: changed; keyFile: changed; markets: +${c} -${b}; http.tokenFile: changed; ` +
      'http.tls.certFile: changed; http.tls.keyFile: changed; logLevel: info → debug',
  );
  const needsRestart = () => trader.texts().filter((text) => text.includes('until the trader is restarted'));
  await vi.waitFor(() => expect(needsRestart()).not.toEqual([]), SOON);
  expect(needsRestart()).toEqual([
    'connections, recorder: changed, and keep the value that they have until the trader is restarted',
  ]);
  const second = await status(has(a, c), NEW_TOKEN);
  expect(second.session!.id).toBe(first.session!.id);
  expect(second.feed.epoch).toBe(first.feed.epoch);
  expect(second.feed.connections.map(({ sid }) => sid)).toEqual(first.feed.connections.map(({ sid }) => sid));
  expect(second.reload).toMatchObject({ last: 'applied', needsRestart: ['connections', 'recorder'] });
  expect((await trader.get('/status')).status).toBe(401);
  expect(await trader.certificate()).toBe(fingerprint(1));

  // The connection stays with the old key; the next is signed with the new one, which the exchange checks.
  const sockets = () => watcher.keys.filter((key) => key.startsWith('socket'));
  expect(new Set(sockets())).toEqual(new Set([`socket ${exchange.credentials.keyId}`]));
  watcher.cut();
  const third = await status((now) => has(a, c)(now) && now.feed.epoch > first.feed.epoch, NEW_TOKEN);
  expect(sockets().at(-1)).toBe('socket second-key');
  expect(third.session!.id).toBe(first.session!.id);
  expect(trader.lines().some(({ level }) => level === 'debug')).toBe(true);

  // Whatever is wrong, nothing changes, also of what is right beside it; and no secret is said.
  const inEffect = trader.settings();
  const wrong: readonly (readonly [problem: string, spoil: () => unknown, mend: () => unknown])[] = [
    ['logLevel must be one of', () => trader.change({ logLevel: 'loud' }), () => undefined],
    ['keyId must be', () => trader.change({ keyId: 'SECRÈT' }), () => undefined],
    [
      'The private key is not readable PEM',
      () => trader.write('second.pem', 'SECRET'),
      () => trader.write('second.pem', trader.secondKeyPem),
    ],
    ['tokenFile: ', () => trader.write('token', 'SECRET'), () => trader.write('token', NEW_TOKEN)],
    ['tls: ', () => trader.write('server.key', pairs[0].key), () => trader.write('server.key', pairs[1].key)],
  ];
  for (const [problem, spoil, mend] of wrong) {
    trader.change({ markets: [d] });
    spoil();
    const refused = (await trader.reload()).find((text) => text.startsWith('the settings are wrong'));
    expect(refused).toContain(`nothing has been changed: `);
    expect(refused).toContain(problem);
    mend();
    trader.change(inEffect);
  }
  expect(program.stderr).not.toMatch(/SECR[EÈ]T|-token-/);
  expect(await status(has(a, c), NEW_TOKEN)).toMatchObject({ reload: { last: 'refused' } });
  expect(await trader.certificate()).toBe(fingerprint(1));
  const { body: metrics } = await trader.get('/metrics', NEW_TOKEN);
  expect(metrics).toContain('trader_reloads_total{outcome="refused"} 5');
  expect(metrics).toContain('trader_reloads_total{outcome="applied"} 1');
  expect(metrics).toContain('trader_settings_need_restart 2');

  // A search in the place of the list, of which it drops nothing, and then another one, and a list again.
  const { markets: _, ...withoutList } = inEffect;
  trader.replace({ ...withoutList, discovery: { series: ['KXSIM'], reconcileEvery: '1h' } });
  await trader.reload();
  const searching = await status(has(a, b, c, d), NEW_TOKEN);
  expect(trader.texts()).toContain('markets: 2 added, 0 removed, 4 recorded');
  expect(trader.texts().join('\n')).toContain('found by listings alone until the trader is restarted');
  trader.replace({ ...withoutList, discovery: { series: ['KXSIM'], reconcileEvery: '1h', limit: 2 } });
  await trader.reload();
  const limited = await status((now) => isReady(now) && now.books.length === 2, NEW_TOKEN);
  expect(trader.texts()).toContain('markets: 0 added, 2 removed, 2 recorded');
  for (const { feed, session } of [searching, limited]) {
    expect(feed).toMatchObject({
      epoch: third.feed.epoch,
      connections: third.feed.connections.map(({ sid }) => ({ sid })),
    });
    expect(session!.id).toBe(first.session!.id);
  }
  expect(watcher.keys).toContain('rest second-key');
  const since = watcher.keys.slice(watcher.keys.indexOf('socket second-key'));
  expect(since).not.toContain(`rest ${exchange.credentials.keyId}`);

  // In quick succession: the last one's settings are in effect, also a market that is none.
  for (const markets of [[b], [c], [a, 'KXNONE-1'], [d]]) {
    trader.replace({ ...inEffect, markets });
    program.child.kill('SIGUSR2');
  }
  await status(has(d), NEW_TOKEN);
  trader.change({ markets: [d, 'KXNONE-1'] });
  program.child.kill('SIGUSR2');
  await status(({ unknownMarkets }) => unknownMarkets.some(({ market }) => market === 'KXNONE-1'), NEW_TOKEN);
  trader.change({ markets: [d] });
  program.child.kill('SIGUSR2');
  expect((await status(has(d), NEW_TOKEN)).unknownMarkets).toEqual([]);

  // While it stops.
  program.child.kill('SIGTERM');
  await vi.waitFor(() => expect(program.stderr).toContain('→ shutdown: SIGTERM'), SOON);
  program.child.kill('SIGUSR2');
  expect(await program.exited).toBe(0);
  expect(program.stderr).toContain('ended as closed');
});
