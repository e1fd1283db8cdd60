// The built program's commands on what was recorded: one recording, made once, in a PostgreSQL of the tests' own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { exportedKinds } from '@trader/session-store';
import { temporaryFolder, type TemporaryFolder, type TestDatabases } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { childEnvironment } from './child-process.ts';
import { newDataDir, sharedServer } from './databases.ts';
import { makeTape } from './make-tape.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const DELTAS = 3_000;
const MARKETS = ['KXTAPE-A', 'KXTAPE-B'];

let folder: TemporaryFolder;
let server: TestDatabases;
let database: string;
/** The session of the recording, and the one that was recorded before it. */
let id: string;
let earlier: string;

function start(args: readonly string[]) {
  const options = { cwd: folder.path, env: childEnvironment() };
  const child = spawn(process.execPath, [program, ...args], options);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, exited, stderr: () => stderr };
}

const trader = (...args: string[]) => start(args).exited;
/** On the recording. */
const ask = (...args: string[]) => trader(...args, '--database', database);
const lines = (text: string): string[] => text.trim().split('\n');
const json = (text: string): unknown => JSON.parse(text);

/** Of a tape. */
type Line = { readonly event: { readonly type: string; readonly msg: object } };

async function record(tape: string): Promise<string> {
  const run = ['simulate', '--tape', tape, '--speed', 'max', '--exit-when-done', '--port', '0', '--log-level', 'warn'];
  const { stdout, stderr, code } = await trader(...run, '--database', database, '--spool-dir', 'spool');
  expect(code, stderr).toBe(0);
  return (json(stdout) as { id: string }).id;
}

beforeAll(async () => {
  folder = temporaryFolder('trader-cli-');
  server = sharedServer();
  database = await server.createDatabase();
  writeFileSync(join(folder.path, 'short.ndjson'), makeTape(['KXTAPE-A'], 5));
  writeFileSync(join(folder.path, 'tape.ndjson'), makeTape(MARKETS, DELTAS));
  earlier = await record('short.ndjson');
  id = await record('tape.ndjson');
});

afterAll(() => folder?.remove());

describe('trader sessions show', () => {
  test('has the row, the counters of session and lifetime, the ledger and the neighbours', async () => {
    await server.execute(database, `update sessions set continues = '${earlier}' where id = '${id}'`);
    await server.execute(
      database,
      `insert into gap_records (session_id, ordinal, epoch, sid, first_seq, last_seq, from_at, to_at, cause)
       values ('${earlier}', 1, 1, 1, 100, 120, now(), now(), 'sequence')`,
    );
    const shown = json((await ask('sessions', 'show', 'latest', '--json')).stdout);
    expect(shown).toMatchObject({
      session: { id, status: 'closed', deltas: DELTAS, snapshots: 2, continues: earlier, leaseUntilMs: null },
      recorder: { name: 'trader', deltas: DELTAS + 5 },
      continuedBy: [],
      ledger: [],
    });
    const { stdout, code } = await ask('sessions', 'show', earlier.slice(0, 8));
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^continued by +${id}$`, 'm'));
    expect(stdout).toMatch(/^deltas +5 +3,005$/m);
    expect(stdout).toMatch(/^gaps: 1 \(sequence 1\)$/m);
    await server.execute(database, `delete from gap_records where session_id = '${earlier}'`);
  });
});

describe('trader sessions verify', () => {
  test('is 0 where every law holds, with figures', async () => {
    const { stdout, code } = await ask('sessions', 'verify');
    expect({ code, first: lines(stdout)[0] }).toEqual({ code: 0, first: `${id}  every law holds` });
    expect(stdout).toMatch(/ok {2}books fold +3,000 checked/);
  });

  test('is 1 where one is broken, and says which and where', async () => {
    await server.execute(database, `update sessions set deltas = deltas - 1 where id = '${earlier}'`);
    const { stdout, code } = await ask('sessions', 'verify', '--all');
    await server.execute(database, `update sessions set deltas = deltas + 1 where id = '${earlier}'`);
    expect(code).toBe(1);
    expect(stdout).toMatch(/BROKEN {2}counters/);
    expect(stdout).toMatch(/^ {4}counters: .*deltas/m);
    expect(stdout).toMatch(/^recorded: 3,005 deltas of 2 markets; numbers missing: 0 of 3,0\d\d$/m);
    expect(lines(stdout).at(-1)).toBe('sessions: 2, with broken laws: 1');
    const repaired = json((await ask('sessions', 'verify', earlier, '--json')).stdout);
    expect(repaired).toMatchObject({ ok: true, sessions: [{ session: earlier }] });
    const all = json((await ask('sessions', 'verify', '--all', '--json')).stdout);
    // One was recorded twice, with some time between.
    expect(all).toMatchObject({
      gaps: {
        deltas: DELTAS + 5,
        numbers: { missing: 0 },
        holes: 1,
        causes: expect.arrayContaining([
          expect.objectContaining({ cause: 'session ended as closed', holes: 1 }),
        ]) as unknown,
        markets: [
          { market: 'KXTAPE-A', holes: 1 },
          { market: 'KXTAPE-B', holes: 0, uncoveredMs: 0, rate: 0 },
        ],
      },
    });
  });
});

describe('trader replay', () => {
  const records = (text: string) => lines(text).map((line) => json(line) as { kind: string; market?: string });

  test('prints every record in order, of some markets if asked', async () => {
    const { stdout, code } = await ask('replay', id.slice(0, 13));
    expect(code).toBe(0);
    const kinds = records(stdout).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'delta')).toHaveLength(DELTAS);
    expect(kinds.indexOf('snapshot')).toBeLessThan(kinds.indexOf('delta'));
    const one = await ask('replay', id, '--markets', 'KXTAPE-B');
    const markets = new Set(records(one.stdout).map(({ market }) => market ?? ''));
    expect([...markets].filter((market) => market !== '')).toEqual(['KXTAPE-B']);
  });

  test('prints the lines of a tape, each a frame as the exchange sent it', async () => {
    const { stdout, stderr, code } = await ask('replay', id, '--as-tape');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const played = lines(readFileSync(join(folder.path, 'tape.ndjson'), 'utf8')).map((line) => json(line) as Line);
    const written = lines(stdout).map((line) => json(line) as Line);
    const changes = (tape: readonly Line[]) =>
      tape
        .filter(({ event }) => event.type === 'orderbook_delta')
        .map(({ event: { msg } }) => ({ ...msg, market_id: undefined }));
    expect(changes(written)).toEqual(changes(played));
    expect(new Set(written.map(({ event }) => event.type)).has('subscribed')).toBe(true);
  });

  test('has the gaps of the ledger in the stream', async () => {
    await server.execute(
      database,
      `insert into gap_records (session_id, ordinal, epoch, sid, first_seq, last_seq, from_at, to_at, cause)
       values ('${earlier}', 1, 1, 1, 100, 120, now(), now(), 'sequence')`,
    );
    const { stdout } = await ask('replay', earlier);
    await server.execute(database, `delete from gap_records where session_id = '${earlier}'`);
    expect(records(stdout).at(-1)).toMatchObject({ kind: 'gap', firstSeq: 100, lastSeq: 120, cause: 'sequence' });
  });

  test('ends quietly when nobody reads on', async () => {
    const { child, exited } = start(['replay', id, '--database', database]);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await exited).toMatchObject({ code: 0, stderr: '' });
  });

  test('waits for its reader, and SIGINT ends it with 130', async () => {
    // A millionth of real time: it would take days.
    const { child, exited } = start(['replay', id, '--speed', '0.000001', '--database', database]);
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    const { code, stdout, stderr } = await exited;
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'trader: ended by SIGINT before it was done\n' });
    for (const line of lines(stdout)) expect(() => json(line)).not.toThrow();
  });
});

describe('trader export', () => {
  test('writes a file for each kind and what was covered beside them', async () => {
    const { stdout, code } = await ask('export', 'latest', '--format', 'csv', '--what', 'deltas,gaps', '--out', 'csv');
    expect(code).toBe(0);
    expect(lines(stdout)[0]).toBe('csv/deltas.csv: 3,000 rows');
    expect(readdirSync(join(folder.path, 'csv')).toSorted()).toEqual([
      'coverage.csv',
      ...['deltas', 'gaps'].flatMap((what) => [`${what}.csv`, `${what}.csv.datapackage.json`]),
    ]);
    const told = readFileSync(join(folder.path, 'csv', 'deltas.csv.datapackage.json'), 'utf8');
    expect(JSON.parse(told)).toMatchObject({
      units: { price: { unit: 'dollar', scale: 10_000 }, size: { unit: 'contract', scale: 100 } },
    });
    const rows = lines(readFileSync(join(folder.path, 'csv', 'deltas.csv'), 'utf8'));
    expect(rows).toHaveLength(DELTAS + 1);
    expect(readFileSync(join(folder.path, 'csv', 'coverage.csv'), 'utf8')).toContain('KXTAPE-B');
  });

  test('is Parquet of all sessions and kinds unless told', async () => {
    const { stdout, stderr, code } = await ask('export', '--out', 'parquet', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(json(stdout)).toMatchObject({
      files: exportedKinds.map((what) => (what === 'deltas' ? { what, rows: DELTAS + 5 } : { what })),
      coverageFile: 'parquet/coverage.parquet',
      sessions: [earlier, id],
    });
    expect(String(readFileSync(join(folder.path, 'parquet', 'deltas.parquet')).subarray(0, 4))).toBe('PAR1');
  });
});

describe('trader export --layout dataset', () => {
  test('writes a dataset, brings it up to date, and verify reads it back', async () => {
    const made = await ask('export', '--layout', 'dataset', '--out', 'dataset');
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(
      /^dataset: [\d,]+ rows in \d+ files \(sessions: 2\)\nNot over yet, .*: \d{4}-\d\d-\d\d/,
    );
    const again = await ask('export', '--layout', 'dataset', '--out', 'dataset', '--json');
    // Today is not over, so that nothing is kept.
    expect(json(again.stdout)).toMatchObject({ keptFiles: 0, miscounted: [], damaged: [], sessions: [earlier, id] });
    const whole = await trader('dataset', 'verify', 'dataset');
    expect(whole.code).toBe(0);
    expect(whole.stdout).toMatch(/^dataset {2}as its manifest says: /);
    const manifest = json(readFileSync(join(folder.path, 'dataset/manifest.json'), 'utf8')) as {
      tables: { deltas: { rows: number } };
      files: { path: string }[];
    };
    expect(manifest.tables.deltas.rows).toBe(DELTAS + 5);
    const [{ path }] = manifest.files as [{ path: string }];
    writeFileSync(join(folder.path, 'dataset', path), 'other');
    const broken = await trader('dataset', 'verify', 'dataset', '--json');
    expect({ code: broken.code, ...(json(broken.stdout) as object) }).toMatchObject({
      code: 1,
      ok: false,
      problems: [expect.stringContaining(path)],
    });
  });

  test('refuses another dataset in that folder, other formats, and a folder without one, with a name', async () => {
    const other = await ask('export', 'latest', '--layout', 'dataset', '--out', 'dataset');
    expect(other).toMatchObject({ code: 1, stderr: expect.stringMatching(/^trader: DATASET_DIFFERS: /) as string });
    const csv = await ask('export', '--layout', 'dataset', '--format', 'csv', '--out', 'dataset');
    expect(csv).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--format parquet or zst.parquet') as string,
    });
    const none = await trader('dataset', 'verify', 'csv');
    expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/^trader: DATASET_DAMAGED: /) as string });
  });
});

describe('trader tape record', () => {
  const growth = (file: string, beyond: number) => {
    const path = join(folder.path, file);
    const size = () => (existsSync(path) ? statSync(path).size : 0);
    return expect.poll(size, { timeout: 60_000, interval: 20 }).toBeGreaterThan(beyond);
  };

  test('a tape of the simulator plays again with every delta', async () => {
    const taping = start(['tape', 'record', '--out', 'sim.ndjson', '--json']);
    await growth('sim.ndjson', 50_000);
    taping.child.kill('SIGTERM');
    const taped = await taping.exited;
    expect(taped.code, taped.stderr).toBe(0);
    const totals = json(taped.stdout) as { frames: number; unreadable: number; markets: number };
    expect(totals).toMatchObject({ file: 'sim.ndjson', unreadable: 0, gaps: 0, markets: 20 });
    const before = await record('sim.ndjson');
    const shown = json((await ask('sessions', 'show', before, '--json')).stdout) as {
      session: { deltas: number; snapshots: number; trades: number; facts: number };
    };
    // What is on the tape beside: an acknowledgement for each channel. Books that the client asked for to audit its own are snapshots.
    const { deltas, snapshots, trades, facts } = shown.session;
    expect(deltas).toBeGreaterThan(0);
    expect(totals.frames).toBe(deltas + snapshots + trades + facts + 3);
    await server.execute(database, `delete from delta_chunks where session_id = '${before}'`);
    await server.execute(database, `delete from sessions where id = '${before}'`);
  });

  test('ends by itself after the time that it was given, and is gzip by its name', async () => {
    const { code, stdout } = await trader('tape', 'record', '--out', 'for.ndjson.gz', '--for', '500ms', '--json');
    const totals = json(stdout) as { frames: number };
    expect({ code, totals }).toMatchObject({ code: 0, totals: { file: 'for.ndjson.gz', unreadable: 0 } });
    const tape = gunzipSync(readFileSync(join(folder.path, 'for.ndjson.gz'))).toString('utf8');
    expect(tape.split('\n')).toHaveLength(totals.frames + 1);
  });

  test('ends cleanly on SIGTERM, and writes over nothing', async () => {
    const taping = start(['tape', 'record', '--out', 'until.ndjson', '--json']);
    const path = join(folder.path, 'until.ndjson');
    await growth('until.ndjson', 0);
    taping.child.kill('SIGTERM');
    const { code, stdout } = await taping.exited;
    expect(code).toBe(0);
    expect(lines(readFileSync(path, 'utf8'))).toHaveLength((json(stdout) as { frames: number }).frames);

    const again = await trader('tape', 'record', '--out', 'until.ndjson', '--json', '--log-level', 'error');
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(json(again.stderr)).toMatchObject({ error: { code: 'TAPE_UNWRITABLE' } });
  });
});

describe('trader db migrate', () => {
  test('says from which version to which, and the second time that there was nothing to do', async () => {
    const fresh = await server.createDatabase();
    const before = await trader('db', 'migrate', '--check', '--database', fresh, '--json');
    expect(before.code).toBe(1);
    expect(json(before.stdout)).toMatchObject({ version: null, known: expect.any(Number) as number });
    const first = json((await trader('db', 'migrate', '--database', fresh, '--json')).stdout) as { to: number };
    expect(first).toMatchObject({ from: null, database: expect.stringMatching(/^postgres:\/\/127\.0\.0\.1/) });
    const second = json((await trader('db', 'migrate', '--database', fresh, '--json')).stdout);
    expect(second).toMatchObject({ from: first.to, to: first.to, applied: 0 });
    const after = await trader('db', 'migrate', '--check', '--database', fresh, '--json');
    expect(after.code).toBe(0);
    expect(json(after.stdout)).toMatchObject({ version: first.to, known: first.to });
  });

  test('refuses a database of a newer version', async () => {
    const newer = await server.createDatabase();
    await trader('db', 'migrate', '--database', newer);
    await server.execute(newer, "insert into session_store_migrations values (9999999999999, 'x')");
    const { code, stderr } = await trader('db', 'migrate', '--database', newer);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^trader: DATABASE_UNAVAILABLE: --database: .*newer schema/);
    const check = await trader('db', 'migrate', '--check', '--database', newer);
    expect(check).toMatchObject({ code: 1, stdout: expect.stringMatching(/: use a newer program\n$/) });
  });
});

describe('what is wrong is one line with a code', () => {
  test.each([
    ['an id that there is not', ['sessions', 'show', 'deadbeef'], 2, 'SESSION_UNKNOWN'],
    ['an id that is too short', ['replay', 'dead'], 2, 'SESSION_UNKNOWN'],
    ['a market that was never recorded', ['replay', 'latest', '--markets', 'KXNONE'], 2, 'MARKET_UNKNOWN'],
    ['a folder that cannot be written', ['export', '--out', 'tape.ndjson'], 1, 'OUT_UNWRITABLE'],
    ['a tape in a folder that is not there', ['tape', 'record', '--out', 'no/t.ndjson'], 1, 'TAPE_UNWRITABLE'],
  ])('%s', async (_name, args, exitCode, code) => {
    const isTape = args[0] === 'tape';
    const result = await trader(...args, ...(isTape ? ['--log-level', 'error'] : ['--database', database]));
    expect(result).toMatchObject({ code: exitCode, stdout: '' });
    expect(lines(result.stderr)).toHaveLength(1);
    expect(result.stderr).toMatch(new RegExp(`^trader: ${code}: `));
  });

  test('a database that cannot be reached, and its password is not said', async () => {
    const away = ['--database', 'postgres://me:secret@127.0.0.1:1/x'];
    const { code, stderr } = await trader('sessions', 'list', ...away);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^trader: DATABASE_UNAVAILABLE: --database: /);
    expect(stderr).not.toContain('secret');
  });

  test('an embedded database that is not there is not made', async () => {
    const { code, stderr } = await trader('sessions', 'list', '--database', 'nowhere');
    expect({ code, made: existsSync(join(folder.path, 'nowhere')) }).toEqual({ code: 1, made: false });
    expect(stderr).toContain('there is no folder nowhere');
  });

  test('an embedded database that another process holds names that process', async () => {
    newDataDir(join(folder.path, 'held'));
    const holder = start(['run', '--database', 'held', '--port', '0']);
    await vi.waitFor(() => expect(holder.stderr()).toContain('→ ready'), { timeout: 30_000, interval: 50 });
    const { code, stderr } = await trader('sessions', 'list', '--database', 'held');
    holder.child.kill('SIGTERM');
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^trader: DATABASE_UNAVAILABLE: --database: .*process ${holder.child.pid}`));
    expect((await holder.exited).code).toBe(0);
  });
});
