// What a page that shows the trader asks for, over real sockets, while the simulator is recorded.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exportedKinds, openReader } from '@trader/session-store';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Span } from '../src/http/timeline/merge-spans.ts';
import type { BookSummary } from '../src/http/status/book-report.ts';
import type { BookHistoryPage } from '../src/http/books/book-history.ts';
import { newDatabase } from './databases.ts';
import { get, SocketReader, startHttpTrader, until } from './http-trader.ts';
import { happening, serveView } from './http-view.ts';

type ErrorBody = { readonly error: { readonly code: string; readonly message: string } };

const changing = { 'x-trader-request': '1', 'content-type': 'application/json' };
const send = async (path: string, method: string, headers: Record<string, string> = changing, body = '{}') => {
  const response = await fetch(running.base + path, { method, headers, ...(method === 'POST' && { body }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> & ErrorBody };
};

let url: string;
let exports: TemporaryFolder;
let running: Awaited<ReturnType<typeof startHttpTrader>>;
beforeAll(async () => {
  url = await newDatabase();
  exports = temporaryFolder();
  running = await startHttpTrader(undefined, { database: { url }, exportDir: exports.path });
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  exports.remove();
});

test.each([
  '/history?step=5',
  '/history?from=2&to=1',
  '/history?from=-1',
  '/history?from=1e9',
  '/history?form=1',
  '/timeline?from=2&to=1',
  '/timeline?to=now',
  '/coverage?from=1',
  '/coverage?market=%00',
  '/coverage?market=KX&limit=0',
  '/gaps?session=7',
  '/books/KX/history',
  '/books/KX/history?from=1&step=3',
  '/gaps?after=7',
  '/gaps?after=1_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_1',
])('refuses the query of %s by name', async (path) => {
  const { status, body } = await running.get<ErrorBody>(path);
  expect([status, body.error.code]).toEqual([400, 'QUERY_INVALID']);
  expect(body.error.message).toMatch(
    /^(step|from|to|market|limit|session|after|there is no "form"; known: from, to, step)/,
  );
});

describe('/history', () => {
  type History = Readonly<Record<string, readonly (number | null)[]>> & { readonly stepMs: number };

  test('tells frames, delays and what waits, in columns of one length', async () => {
    const beganMs = Date.now() - running.trader.status().uptimeMs;
    const { body } = await until(
      () => running.get<History>('/history'),
      ({ body }) => body['framesPerSecond']!.some((frames) => frames !== null && frames > 50),
    );
    const { stepMs, sinceMs, ...columns } = body;
    expect(stepMs).toBe(1_000);
    expect(Math.abs(Number(sinceMs) - beganMs)).toBeLessThan(30_000);
    const { length } = body['atMs']!;
    for (const [name, column] of Object.entries(columns)) expect(column, name).toHaveLength(length);
    for (const [second, medianMs] of body['delayMedianMs']!.entries()) {
      const [slowestMs, maxMs] = [body['delaySlowestMs']![second]!, body['delayMaxMs']![second]!];
      expect([medianMs === null, medianMs! <= slowestMs, slowestMs <= maxMs]).toEqual([slowestMs === null, true, true]);
    }
    expect(body['delayMs']!.some((ms) => ms !== null)).toBe(true);
    expect(body['spooled']!.some((records) => records !== null && records >= 0)).toBe(true);
    expect(body['books']!.filter((books, second) => books! < body['booksStale']![second]!)).toEqual([]);
    expect(body['books']!.some((books) => books !== null && books > 0)).toBe(true);
  });

  test('folds by the minute, and gives no more than is asked for', async () => {
    const { body } = await running.get<History>('/history?step=60000');
    expect(body.stepMs).toBe(60_000);
    expect(body['atMs']!.length).toBeLessThan(5);
    const { body: none } = await running.get<History>(`/history?from=0&to=1000`);
    expect(none['atMs']).toEqual([]);
  });
});

describe('/timeline', () => {
  type Timeline = {
    readonly spans: readonly Span[];
    readonly databaseMissing: string | null;
    readonly sinceMs: number;
  };

  test('has states, the session and a hole, each with its reason', async () => {
    const { id } = running.trader.status().session!;
    const [market] = running.exchange.markets;
    running.exchange.control.faults.add({
      kind: 'drop',
      count: 1,
      aim: { market: market!, frame: 'orderbook_delta' },
    });
    const { body } = await until(
      () => running.get<Timeline>('/timeline'),
      ({ body }) => body.spans.some(({ lane }) => lane === 'gap'),
    );
    const lane = (name: string) => body.spans.filter((span) => span.lane === name);
    expect(lane('state').at(-1)).toMatchObject({ name: 'ready', toMs: null });
    // What was passed within one point of the picture is one, and is counted.
    expect(lane('state').reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(3);
    expect(lane('session')).toMatchObject([{ name: 'active', toMs: null, session: id, why: 'recorded by test' }]);
    expect(lane('gap')).toMatchObject([{ session: id, count: 1, why: expect.stringContaining('numbers') }]);
    expect(body.databaseMissing).toBeNull();
    const { body: later } = await running.get<Timeline>(`/timeline?from=${Date.now() + 60_000}`);
    expect(later.spans.map(({ lane }) => lane).toSorted()).toEqual(['session', 'state']);
    const { body: before } = await running.get<Timeline>('/timeline?from=0&to=1000');
    expect(before.spans).toEqual([]);
  });

  test('without a database tells what the process saw, and says why there is no more', async () => {
    await using view = await serveView();
    view.events.add(happening('the cable was cut'));
    view.events.add({ ...happening('it is back'), to: 'healthy' } as Parameters<typeof view.events.add>[0]);
    view.events.add(happening('cut again'));
    view.events.add({ type: 'session-opened', sessionId: 's1', recorder: 'desk', continues: null, atMs: 0 });
    const { body } = await get<Timeline>(`${view.base}/timeline?from=${Date.now() - 1_000}`);
    expect(body.databaseMissing).toBe('The store is not open.');
    expect(body.spans.map(({ lane, name, toMs }) => [lane, name, toMs === null])).toEqual([
      ['feed', 'degraded', false],
      ['feed', 'degraded', true],
      ['session', 'active', true],
      ['state', 'startup', true],
    ]);
  });
});

describe('/coverage and /gaps', () => {
  type Coverage = { readonly intervals: readonly Interval[]; readonly nextFromMs: number | null };
  type Interval = { readonly fromMs: number; readonly toMs: number; readonly covered: boolean };
  type Gaps = { readonly gaps: readonly Readonly<Record<string, unknown>>[]; readonly next: string | null };

  test('the coverage of a market is whole, page by page', async () => {
    const [market] = running.exchange.markets;
    const span = `market=${market!}&from=${Date.now() - 3_600_000}&to=${Date.now()}`;
    const { body: whole } = await until(
      () => running.get<Coverage>(`/coverage?${span}`),
      ({ body }) => body.intervals.some(({ covered }) => covered),
    );
    expect(whole.intervals[0]).toMatchObject({ covered: false, cause: 'not recorded', session: null });
    expect(whole.nextFromMs).toBeNull();
    const { body: first } = await running.get<Coverage>(`/coverage?${span}&limit=1`);
    expect(first.intervals).toEqual(whole.intervals.slice(0, 1));
    expect(first.nextFromMs).toBe(whole.intervals[1]!.fromMs);
    const { body: nobody } = await running.get<Coverage>('/coverage?market=KXNOBODY&from=1&to=2');
    expect(nobody.intervals).toMatchObject([{ fromMs: 1, toMs: 2, covered: false }]);
  });

  test('one coverage is read at a time; the others are told so', async () => {
    const path = `/coverage?market=${running.exchange.markets[0]!}`;
    const answers = await Promise.all(Array.from({ length: 8 }, () => running.get(path)));
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses).toEqual(new Set([200, 429]));
    expect((await running.get(path)).status).toBe(200);
  });

  test('the ledger comes in pages, each hole once, and is found by session, market and time', async () => {
    const { id } = running.trader.status().session!;
    const [, , market] = running.exchange.markets;
    for (let hole = 0; hole < 4; hole++) {
      const before = running.trader.status().feed!.counters.gaps;
      running.exchange.control.faults.add({
        kind: 'drop',
        count: 1,
        aim: { market: market!, frame: 'orderbook_delta' },
      });
      await until(
        async () => running.trader.status().feed!.counters.gaps,
        (gaps) => gaps > before,
      );
    }
    const { body: whole } = await until(
      () => running.get<Gaps>('/gaps'),
      ({ body }) => body.gaps.length >= 4,
    );
    expect(whole.next).toBeNull();
    expect(whole.gaps[0]).toMatchObject({ session: id, epoch: 1 });
    const paged: unknown[] = [];
    let next: string | null = null;
    do {
      const after: string = next === null ? '' : `&after=${next}`;
      const { body }: { body: Gaps } = await running.get<Gaps>(`/gaps?session=${id}&limit=3${after}`);
      expect(body.gaps.length).toBeLessThanOrEqual(3);
      paged.push(...body.gaps);
      ({ next } = body);
    } while (next !== null);
    // A hole may have come to its end meanwhile.
    const places = (gaps: readonly unknown[]) => gaps.map((gap) => ({ ...(gap as object), toMs: 0 }));
    expect(places(paged)).toEqual(places(whole.gaps));
    const count = async (query: string) => (await running.get<Gaps>(`/gaps?${query}`)).body.gaps.length;
    expect(await count(`market=${market!}`)).toBeGreaterThanOrEqual(4);
    expect(await count('session=00000000-0000-0000-0000-000000000000')).toBe(0);
    expect(await count(`to=1000`)).toBe(0);
  });
});

describe('/markets/TICKER', () => {
  test('says what a market is, and how often its book changes', async () => {
    const [market] = running.exchange.markets;
    const { body } = await until(
      () => running.get<Readonly<Record<string, unknown>>>(`/markets/${market!}`),
      ({ body }) => body['describedAtMs'] !== null,
    );
    expect(body).toMatchObject({
      market,
      wanted: true,
      status: 'open',
      title: expect.any(String),
      eventTicker: expect.any(String),
      closeAtMs: expect.any(Number),
      priceRanges: [{ start: 0, end: 10_000, step: 100 }],
      tickSize: 100,
      result: null,
      settlementValue: null,
    });
    const { body: all } = await running.get<{ books: BookSummary[] }>('/books');
    for (const { changesPerSecond } of all.books) expect(changesPerSecond).toBeGreaterThan(0);
  });

  test.each(['/markets/KXNOBODY', '/markets/%00', '/markets/__proto__'])('knows nothing of %s', async (path) => {
    const { status, body } = await running.get<ErrorBody>(path);
    expect([status, body.error.code]).toEqual([404, 'MARKET_UNKNOWN']);
  });
});

/** Takes what was told of a side's levels. */
function taken(levels: Map<number, number>, { whole }: { readonly whole: boolean }, flat: readonly number[]): void {
  if (whole) levels.clear();
  for (let at = 0; at < flat.length; at += 2) {
    if (flat[at + 1] === 0) levels.delete(flat[at]!);
    else levels.set(flat[at]!, flat[at + 1]!);
  }
}

const sorted = (levels: Iterable<readonly [number, number]>) => [...levels].toSorted(([one], [other]) => one - other);

describe('/books/TICKER/history', () => {
  test('is the book that the store rebuilds, column by column', async () => {
    const [, market] = running.exchange.markets;
    const fromMs = Date.now() - 2_000;
    const { body } = await until(
      () => running.get<BookHistoryPage>(`/books/${market!}/history?from=${fromMs}`),
      ({ body }) => body.columns.filter((column) => column !== null).length >= 4,
    );
    expect(body.fromMs).toBe(Math.floor(fromMs / 500) * 500);
    expect(body.nextFromMs).toBeNull();
    await using reader = await openReader({ url });
    const sides = { yes: new Map<number, number>(), no: new Map<number, number>() };
    for (const [place, column] of body.columns.entries()) {
      const endMs = body.fromMs + (place + 1) * body.stepMs;
      if (column) for (const side of ['yes', 'no'] as const) taken(sides[side], column, column[side]);
      const { synced, yes, no } = await reader.bookAt(market!, endMs - 1);
      const shown = column && [sorted(sides.yes), sorted(sides.no)];
      // What is behind the latest record of the session is told as not known.
      const isKnown = synced && !body.holes.some(({ fromMs, toMs }) => endMs > fromMs && endMs <= toMs);
      expect(shown, String(place)).toEqual(isKnown ? [yes, no] : null);
    }
  });

  test('of a market that was never recorded is one hole', async () => {
    const { body } = await running.get<BookHistoryPage>('/books/KXNOBODY/history?from=1000&to=3000');
    expect(body).toMatchObject({ columns: [null, null, null, null], nextFromMs: null, trades: [] });
    expect(body.holes).toEqual([{ fromMs: 1_000, toMs: 3_000, cause: 'not recorded' }]);
    const { body: long } = await running.get<BookHistoryPage>('/books/KXNOBODY/history?from=0&to=1000000&step=500');
    expect([long.columns.length, long.nextFromMs]).toEqual([600, 300_000]);
  });
});

describe('levels on the socket', () => {
  test('come whole and then as changes, and are the book', async () => {
    await using reader = new SocketReader(running.base);
    const [market, other] = running.exchange.markets;
    await reader.next('hello');
    reader.ask({ subscribe: { levels: [market] } });
    expect(await reader.next('subscribed')).toEqual({ type: 'subscribed', books: [], levels: [market] });
    const sides = { yes: new Map<number, number>(), no: new Map<number, number>() };
    for (let round = 0; round < 4; round++) {
      const told = (await reader.next('levels')) as unknown as Record<'yes' | 'no', number[]> & { whole: boolean };
      expect(told).toMatchObject({ market, synced: true, staleReason: null, whole: round === 0 });
      for (const side of ['yes', 'no'] as const) taken(sides[side], told, told[side]);
    }
    expect(sides.yes.size + sides.no.size).toBeGreaterThan(2);
    expect(Math.max(...sides.yes.keys()) + Math.max(...sides.no.keys())).toBeLessThan(10_000);
    reader.ask({ subscribe: { levels: Array.from({ length: 9 }, (_, place) => (place === 0 ? other : market)) } });
    await reader.next('subscribed', ({ levels }) => (levels as string[]).length === 2);
    reader.ask({ unsubscribe: { levels: [market, other] } });
    await reader.next('subscribed', ({ levels }) => (levels as string[]).length === 0);
    reader.ask({ subscribe: { levels: ['KXNOBODY'] } });
    expect(await reader.next('error')).toMatchObject({ error: { code: 'BOOK_UNKNOWN' } });
    reader.ask({ subscribe: {} });
    expect(await reader.next('error')).toMatchObject({ error: { code: 'MESSAGE_UNKNOWN' } });
  });
});

describe('/sessions/ID/verify', () => {
  type Job = { readonly state: string; readonly records: number; readonly result: { readonly ok: boolean } | null };
  test('is a job that is begun, asked after, and says that every law holds', async () => {
    const { id } = running.trader.status().session!;
    const path = `/sessions/${id}/verify`;
    expect((await running.get<ErrorBody>(path)).body.error.code).toBe('JOB_UNKNOWN');
    await until(
      () => running.get<{ readonly sessions: readonly { readonly deltas: number }[] }>('/sessions'),
      ({ body }) => body.sessions[0]!.deltas > 200,
    );
    const begun = await send(path, 'POST');
    expect([begun.status, begun.body['state']]).toEqual([200, 'running']);
    const { body } = await until(
      () => running.get<Job>(path),
      ({ body }) => body.state !== 'running',
    );
    expect(body).toMatchObject({ session: id, state: 'done', failure: null, result: { ok: true, markets: 4 } });
    expect(body.records).toBeGreaterThan(100);
    const { body: listed } = await running.get<{ readonly jobs: readonly unknown[] }>('/jobs');
    const { startedAtMs, endedAtMs, records, ofRecords } = body as Job & Readonly<Record<string, unknown>>;
    expect(listed.jobs).toEqual([
      { kind: 'verify', session: id, state: 'done', startedAtMs, endedAtMs, done: records, of: ofRecords },
    ]);
    expect((await send(path, 'DELETE', { 'x-trader-request': '1' })).body['state']).toBe('done');
    await using reader = await openReader({ url });
    const told: number[] = [];
    await reader.verify(id, { onProgress: (records) => told.push(records) });
    expect([told[0], told.at(-1)! > 0, told.toSorted((one, other) => one - other)]).toEqual([0, true, told]);
  });

  test.each([
    ['no such session', '/sessions/00000000-0000-0000-0000-000000000000/verify', changing, 404, 'SESSION_UNKNOWN'],
    ['no id', '/sessions/x/verify', changing, 404, 'SESSION_UNKNOWN'],
    ['no header', '/sessions/x/verify', { 'content-type': 'application/json' }, 403, 'CHANGE_REFUSED'],
    ['a form', '/sessions/x/verify', { ...changing, 'content-type': 'text/plain' }, 403, 'CHANGE_REFUSED'],
    ['another origin', '/sessions/x/verify', { ...changing, origin: 'https://evil.example' }, 403, 'ORIGIN_REFUSED'],
    ['another endpoint', '/status', changing, 405, 'METHOD_NOT_ALLOWED'],
    ['another path', '/sessions/x/y/verify', changing, 405, 'METHOD_NOT_ALLOWED'],
  ])('a POST with %s is refused by name', async (_what, path, headers, status, code) => {
    const { status: got, body } = await send(path, 'POST', headers);
    expect([got, body.error.code]).toEqual([status, code]);
  });

  test('a method that is not taken is told which are', async () => {
    const allowed = async (path: string) =>
      (await fetch(running.base + path, { method: 'PUT', headers: changing })).headers.get('allow');
    expect(await allowed('/faults')).toBe('GET, HEAD, POST, DELETE');
    expect(await allowed('/status')).toBe('GET, HEAD');
  });

  test.each([
    ['too long', JSON.stringify('x'.repeat(5_000)), 413, 'BODY_REFUSED'],
    ['no JSON', '{', 400, 'REQUEST_INVALID'],
  ])('a body that is %s is refused by name', async (_what, text, status, code) => {
    const { status: got, body } = await send('/sessions/x/verify', 'POST', changing, text);
    expect([got, body.error.code]).toEqual([status, code]);
  });
});

describe('/sessions/ID/export', () => {
  type Exported = { readonly what: string; readonly file: string; readonly rows: number };
  type Job = { readonly state: string; readonly result: { readonly files: readonly Exported[] } | null };

  test('writes the session to the folder that the settings name, and says how many rows each file has', async () => {
    const { id } = running.trader.status().session!;
    const path = `/sessions/${id}/export`;
    expect((await running.get<ErrorBody>(path)).body.error.code).toBe('JOB_UNKNOWN');
    const begun = await send(path, 'POST');
    expect([begun.status, begun.body['state']]).toEqual([200, 'running']);
    expect((await send(`/sessions/${id}/verify`, 'POST')).body.error.code).toBe('JOB_UNDER_WAY');
    const { body } = await until(
      () => running.get<Job>(path),
      ({ body }) => body.state !== 'running',
    );
    const folder = join(exports.path, id);
    expect(body).toMatchObject({ session: id, state: 'done', failure: null, result: { folder, damaged: 0 } });
    const { files } = body.result!;
    expect(files.map(({ what }) => what)).toEqual([...exportedKinds]);
    expect(files.find(({ what }) => what === 'deltas')!.rows).toBeGreaterThan(0);
    expect(readdirSync(exports.path)).toEqual([id]);
    expect(readdirSync(folder).toSorted()).toEqual([...files.map(({ file }) => file), 'coverage.parquet'].toSorted());
    const { body: listed } = await running.get<{ readonly jobs: readonly { readonly kind: string }[] }>('/jobs');
    expect(listed.jobs[0]).toMatchObject({ kind: 'export', session: id, state: 'done' });
  });

  test.each([
    ['no such session', '/sessions/00000000-0000-0000-0000-000000000000/export', changing, 404, 'SESSION_UNKNOWN'],
    ['a path in place of an id', '/sessions/..%2F..%2Ftmp/export', changing, 404, 'SESSION_UNKNOWN'],
    ['no header', '/sessions/x/export', { 'content-type': 'application/json' }, 403, 'CHANGE_REFUSED'],
    ['another origin', '/sessions/x/export', { ...changing, origin: 'https://evil.example' }, 403, 'ORIGIN_REFUSED'],
    ['a folder in the query', '/sessions/x/export?folder=/tmp', changing, 400, 'QUERY_INVALID'],
  ])('a POST with %s is refused by name, and makes no folder', async (_what, path, headers, status, code) => {
    const before = readdirSync(exports.path);
    const { status: got, body } = await send(path, 'POST', headers);
    expect([got, body.error.code]).toEqual([status, code]);
    expect(readdirSync(exports.path)).toEqual(before);
  });

  test('without a folder there is none, and the answer says how to name one', async () => {
    await using view = await serveView();
    const id = '00000000-0000-0000-0000-000000000000';
    const answer = await fetch(`${view.base}/sessions/${id}/export`, { method: 'POST', headers: changing, body: '{}' });
    const { error } = (await answer.json()) as ErrorBody;
    expect([answer.status, error.code]).toEqual([404, 'EXPORT_UNAVAILABLE']);
    expect(error.message).toContain('--export-dir');
  });
});

describe('/faults', () => {
  type Faults = { readonly names: readonly { readonly name: string }[]; readonly faults: readonly { kind: string }[] };
  const only = { 'x-trader-request': '1' };

  test('a lost frame that was injected by name is a gap of the feed', async () => {
    const before = running.trader.status().feed!.counters.gaps;
    const { status, body } = await send('/faults', 'POST', changing, '{"name":"lost-frame"}');
    expect([status, body['faults']]).toMatchObject([200, [{ kind: 'drop' }]]);
    await until(
      async () => running.trader.status().feed!.counters.gaps,
      (gaps) => gaps > before,
    );
    expect((await send('/faults', 'DELETE', only)).body['faults']).toEqual([]);
  });

  test('each that is named can be, and no more than twenty are on', async () => {
    const { names } = (await running.get<Faults>('/faults')).body;
    for (const { name } of names) {
      const later = JSON.stringify({ name, fromMs: 100_000 });
      expect((await send('/faults', 'POST', changing, later)).status, name).toBe(200);
      expect((await send('/faults', 'DELETE', only)).body['faults']).toEqual([]);
    }
    const answers: string[] = [];
    for (let more = 0; more <= 20; more++) {
      const { status, body } = await send('/faults', 'POST', changing, '{"name":"delay","fromMs":100000}');
      answers.push(status === 200 ? 'taken' : body.error.code);
    }
    expect(answers.at(-1)).toBe('TOO_MANY_FAULTS');
    expect((await send('/faults', 'DELETE', only)).body['faults']).toEqual([]);
  });

  test.each([
    ['{"name":"earthquake"}', changing, 400, 'BODY_INVALID'],
    ['{"name":"cut","x":1}', changing, 400, 'BODY_INVALID'],
    ['{"name":"cut","untilMs":120001}', changing, 400, 'BODY_INVALID'],
    ['{"name":"cut","fromMs":5,"untilMs":5}', changing, 400, 'BODY_INVALID'],
    ['{"name":"cut","connection":0}', changing, 400, 'BODY_INVALID'],
    ['{"name":"maintenance","connection":1}', changing, 400, 'BODY_INVALID'],
    ['{"name":"cut"}', { 'content-type': 'application/json' }, 403, 'CHANGE_REFUSED'],
    ['{"name":"cut"}', { ...changing, origin: 'null' }, 403, 'ORIGIN_REFUSED'],
  ])('%s is refused by name', async (text, headers, status, code) => {
    const { status: got, body } = await send('/faults', 'POST', headers, text);
    expect([got, body.error.code]).toEqual([status, code]);
  });

  test('without the simulator there are none, and the answer says why', async () => {
    await using view = await serveView();
    const { status, body } = await get<ErrorBody>(`${view.base}/faults`);
    expect([status, body.error.code]).toEqual([404, 'FAULTS_UNAVAILABLE']);
    expect(body.error.message).toContain('built-in simulator');
  });
});
