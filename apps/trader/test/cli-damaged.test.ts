// The built program on recordings of which some are damaged: the others are verified and exported, and the exit code says so.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSessionStore, type StoreRecord } from '@trader/session-store';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDatabase, sharedServer } from './databases.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const AT_MS = 1_800_000_000_000;
const EACH = 50;

let folder: TemporaryFolder;
let database: string;
/** One after the other: whole, with a chunk whose columns do not fit, with another such, whole. */
const sessions: string[] = [];

async function trader(...args: readonly string[]) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TRADER_')));
  const child = spawn(process.execPath, [program, ...args, '--database', database], { cwd: folder.path, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

const numbered = { epoch: 1, sid: 1, market: 'KXA', exchangeAtMs: null };
const records: readonly StoreRecord[] = [
  { kind: 'snapshot', epoch: 1, sid: 1, seq: 1, market: 'KXA', receivedAtMs: AT_MS, yes: [[4_000, 100_000]], no: [] },
  ...Array.from({ length: EACH }, (_, index): StoreRecord => {
    const seq = index + 2;
    return { kind: 'delta', ...numbered, seq, side: 'yes', price: 4_000, delta: 1, receivedAtMs: AT_MS + seq };
  }),
];

beforeAll(async () => {
  folder = temporaryFolder();
  database = await newDatabase();
  const store = await createSessionStore({ url: database, compaction: false });
  for (let index = 0; index < 4; index++) {
    const session = await store.openSession({ recorder: `desk-${index}` });
    for (const record of records) session.append(record);
    sessions.push((await session.close({ status: 'closed', reason: 'test' })).id);
  }
  await store.close();
  await sharedServer().execute(
    database,
    `update delta_chunks set prices = prices[1:2] where session_id = '${sessions[1]}'`,
  );
  await sharedServer().execute(
    database,
    `update delta_chunks set deltas = deltas[1:1] where session_id = '${sessions[2]}'`,
  );
});
afterAll(async () => {
  folder?.remove();
});

describe('trader sessions verify --all', () => {
  test('verifies every session, whatever one of them is like, and ends with 1', async () => {
    const { code, stdout, stderr } = await trader('sessions', 'verify', '--all');
    const heads = stdout.split('\n').filter((line) => /^[0-9a-f]{8}-/.test(line));
    expect(
      heads.map((line) => line.slice(0, 36)),
      stderr,
    ).toEqual(sessions);
    expect(heads.map((line) => line.includes('every law holds'))).toEqual([true, false, false, true]);
    expect(stdout.trim().split('\n').at(-1)).toBe('sessions: 4, with broken laws: 2');
    expect(code).toBe(1);
  });

  test('says so in JSON, too', async () => {
    const { code, stdout } = await trader('sessions', 'verify', '--all', '--json');
    const told = JSON.parse(stdout) as { ok: boolean; sessions: { session: string; ok: boolean; failure?: object }[] };
    expect([code, told.ok]).toEqual([1, false]);
    expect(told.sessions.map(({ session, ok }) => [session, ok])).toEqual(
      sessions.map((id, index) => [id, index === 0 || index === 3]),
    );
  });
});

describe('trader export', () => {
  const rowsOf = (kind: string, out: string): string[] =>
    readFileSync(join(folder.path, out, `${kind}.csv`), 'utf8')
      .trim()
      .split('\n')
      .slice(1);

  test('exports what can be read of all sessions, names what cannot, and ends with 1', async () => {
    const { code, stdout, stderr } = await trader('export', '--format', 'csv', '--out', 'all');
    expect(code, stderr).toBe(1);
    const rows = rowsOf('deltas', 'all');
    for (const [index, session] of sessions.entries()) {
      const own = rows.filter((row) => row.includes(session)).length;
      expect(own, `session ${index}`).toBe(index === 0 || index === 3 ? EACH : 0);
      expect(stderr.includes(session), `session ${index}`).toBe(index === 1 || index === 2);
    }
    // The other tables are whole.
    expect(rowsOf('snapshots', 'all')).toHaveLength(4);
    expect(stdout).toMatch(/^all\/deltas\.csv: 100 rows$/m);
    expect(stdout).toMatch(/^all\/gaps\.csv: 0 rows$/m);
  });

  test('says so in JSON, too', async () => {
    const { code, stdout } = await trader('export', '--format', 'csv', '--out', 'json', '--what', 'deltas', '--json');
    const told = JSON.parse(stdout) as { files: object[]; damaged: { what: string; session: string }[] };
    expect([code, told.files]).toMatchObject([1, [{ what: 'deltas', rows: 2 * EACH }]]);
    expect(told.damaged.map(({ what, session }) => [what, session])).toEqual([
      ['deltas', sessions[1]],
      ['deltas', sessions[2]],
    ]);
  });

  test('of whole sessions ends with 0', async () => {
    const { code, stdout, stderr } = await trader('export', sessions[0]!, sessions[3]!, '--out', 'whole', '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ damaged: [], failures: [] });
  });
});

describe('a list of names of which several are wrong', () => {
  test('of sessions names them all', async () => {
    const { code, stderr } = await trader('export', sessions[0]!, 'deadbeef', 'x', '--out', 'none');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^trader: SESSION_UNKNOWN: /);
    expect(stderr).toContain('deadbeef');
    expect(stderr).toContain('"x"');
  });

  test('of markets names them all', async () => {
    const { code, stderr } = await trader('replay', 'latest', '--markets', 'KXNONE,KXA,KXNEVER');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^trader: MARKET_UNKNOWN: .*KXNONE, KXNEVER/);
  });
});

test('trader simulate plays a tape with bad lines, and says which it left out', async () => {
  const frame = (ms: number, type: string, msg: object): string =>
    JSON.stringify({
      recv_ms: AT_MS + ms,
      event: { type, sid: 1, seq: ms, msg: { market_ticker: 'KXA', market_id: 'a', ...msg } },
    });
  const delta = (ms: number) =>
    frame(ms, 'orderbook_delta', { price_dollars: '0.4000', delta_fp: '1.00', side: 'yes' });
  const tape = [frame(1, 'orderbook_snapshot', {}), delta(2), 'nonsense', delta(3), delta(4).slice(0, 60)];
  writeFileSync(join(folder.path, 'tape.ndjson'), tape.join('\n'));
  const run = [
    'simulate',
    '--tape',
    'tape.ndjson',
    '--speed',
    'max',
    '--exit-when-done',
    '--port',
    '0',
    '--spool-dir',
    'spool',
  ];
  const { code, stdout, stderr } = await trader(...run);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'closed', deltas: 2, unreadable: 2 });
  const told = stderr.split('\n').filter((line) => line.includes('TAPE_INVALID'));
  expect(told.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual([3, 5]);
});
