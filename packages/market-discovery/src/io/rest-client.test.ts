import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { scriptedFetch, type Scripted } from '../../test/scripted-fetch.ts';
import type { MarketDiscoveryError } from '../errors.ts';
import type { SignRequest } from '../options.ts';
import { createRestClient } from './rest-client.ts';

function client(answers: readonly Scripted[], sign: SignRequest | null = null) {
  const runtime = new ManualRuntime();
  const { fetch, asked } = scriptedFetch((_, index) => answers[Math.min(index, answers.length - 1)]!);
  const rest = createRestClient({ restUrl: 'https://exchange.test/trade-api/v2/', sign, runtime, fetch });
  return { rest, asked, runtime };
}

/** Time passes until the promise settles: every wait in it is a timer of the runtime. */
async function settled<T>(runtime: ManualRuntime, promise: Promise<T>): Promise<T> {
  const over = promise.then(
    () => true,
    () => true,
  );
  const turn = () => new Promise<false>((resolve) => setImmediate(() => resolve(false)));
  while (!(await Promise.race([over, turn()]))) runtime.advance(1_000);
  return promise;
}

const refused = (status: number, body: unknown): Scripted => ({ status, body });

describe('RestClient', () => {
  test('signs method and path without the query, and takes the exchange’s time from the answer', async () => {
    const signed: object[] = [];
    const { rest, asked } = client(
      [{ body: { a: 1 }, headers: { date: 'Sun, 22 Nov 2026 12:00:00 GMT' } }],
      async (request) => ({ 'X-Signature': `signature ${signed.push(request)}` }),
    );
    const answer = await rest.get('/markets?limit=5');
    expect(answer).toEqual({ body: { a: 1 }, exchangeAtMs: Date.UTC(2026, 10, 22, 12) });
    const [{ url, headers }] = asked as [(typeof asked)[number]];
    expect(url.href).toBe('https://exchange.test/trade-api/v2/markets?limit=5');
    expect(headers).toMatchObject({ 'x-signature': 'signature 1' });
    expect(signed).toEqual([{ method: 'GET', path: '/trade-api/v2/markets' }]);
  });

  test.each<[string, SignRequest]>([
    [
      'throws',
      () => {
        throw new Error('the HSM is away, key s3cret');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the HSM is away, key s3cret'))],
    ['gives what no header can be', () => ({ 'X-Signature': 's3cret\n1' })],
    ['gives a name that no header can have', () => ({ 's3cret name': '1' })],
    ['gives nothing', () => null as never],
  ])('a signer that %s is a failure of its own, asks nobody, and is not quoted', async (_how, sign) => {
    const { rest, asked } = client([{ body: {} }], sign);
    const error = (await rest.get('/markets').catch((cause: unknown) => cause)) as MarketDiscoveryError;
    expect(error).toMatchObject({ code: 'SIGNER_FAILED', advice: expect.stringContaining('sign') as string });
    expect(error.message).not.toContain('s3cret');
    expect(asked).toEqual([]);
  });

  test.each([
    ['https://me:p%40ss@exchange.test/api?key=k', 'https://exchange.test/api/markets?key=k&limit=5', 'me:p@ss'],
    ['https://token@exchange.test/', 'https://exchange.test/markets?limit=5', 'token:'],
    ['https://exchange.test/api?key=k', 'https://exchange.test/api/markets?key=k&limit=5', null],
  ])('asks below %s', async (restUrl, url, who) => {
    const { fetch, asked } = scriptedFetch(() => ({ body: {} }));
    const rest = createRestClient({ restUrl, runtime: new ManualRuntime(), fetch });
    await rest.get('/markets?limit=5');
    const [{ url: askedUrl, headers }] = asked as [(typeof asked)[number]];
    expect(askedUrl.href).toBe(url);
    expect(headers['authorization']).toBe(who === null ? undefined : `Basic ${Buffer.from(who).toString('base64')}`);
  });

  test('without a key sends no signature', async () => {
    const { rest, asked } = client([{ body: {} }]);
    await rest.get('/markets');
    expect(Object.keys(asked[0]!.headers)).toEqual(['accept']);
  });

  test.each([
    ['429 with text as error', refused(429, { error: 'too many requests' })],
    ['429 that is no JSON', refused(429, 'slow down')],
    ['500', refused(500, {})],
    ['503', refused(503, { error: { code: 'maintenance', message: 'back soon' } })],
    ['a refused connection', Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })],
    ['silence beyond the deadline', 'silence' as const],
  ])('tries again after %s, with a new signature', async (_what, failure) => {
    let signatures = 0;
    const sign = () => ({ 'x-signature': String(++signatures) });
    const { rest, asked, runtime } = client([failure, failure, { body: 'true' }], sign);
    expect(await settled(runtime, rest.get('/markets'))).toMatchObject({ body: true });
    expect(asked.map(({ headers }) => headers['x-signature'])).toEqual(['1', '2', '3']);
    expect(runtime.armedTimers).toBe(0);
  });

  test.each([
    [400, 'REST_REFUSED'],
    [401, 'REST_REFUSED'],
    [404, 'REST_REFUSED'],
  ])('does not try again after %i', async (status, code) => {
    const { rest, asked } = client([refused(status, { error: { code: 'bad', message: 'no' } })]);
    await expect(rest.get('/markets')).rejects.toMatchObject({
      code,
      status,
      message: `GET /trade-api/v2/markets: HTTP ${status} bad: no`,
    });
    expect(asked).toHaveLength(1);
  });

  test('an answer that is no JSON is final, and not quoted', async () => {
    const { rest } = client([{ body: '<html>secret' }]);
    const error = (await rest.get('/markets').catch((cause: unknown) => cause)) as MarketDiscoveryError;
    expect(error).toMatchObject({ code: 'REST_UNREADABLE' });
    expect(error.message).not.toContain('secret');
  });

  test('gives up in the end, says why, and leaves no timer', async () => {
    const { rest, asked, runtime } = client(['silence']);
    await expect(settled(runtime, rest.get('/markets'))).rejects.toMatchObject({
      code: 'REST_UNREACHABLE',
      message: 'GET /trade-api/v2/markets at exchange.test: no answer within 10000 ms',
    });
    expect({ tries: asked.length, timers: runtime.armedTimers }).toEqual({ tries: 4, timers: 0 });
  });

  test('a signer that never answers has the same time limit, and is named', async () => {
    const { rest, asked, runtime } = client([{ body: {} }], () => new Promise(() => undefined));
    await expect(settled(runtime, rest.get('/markets'))).rejects.toMatchObject({
      code: 'SIGNER_FAILED',
      cause: { message: 'no answer within 10000 ms' },
    });
    expect({ asked, timers: runtime.armedTimers }).toEqual({ asked: [], timers: 0 });
  });

  test('a fetch that does not look at its signal is not waited for either, nor is a body that never ends', async () => {
    const never = new Promise<never>(() => undefined);
    const half = { ok: true, status: 200, headers: new Headers(), text: () => never } as unknown as Response;
    for (const answer of [never, Promise.resolve(half)]) {
      const runtime = new ManualRuntime();
      const rest = createRestClient({ restUrl: 'https://exchange.test', runtime, fetch: () => answer });
      await expect(settled(runtime, rest.get('/markets'))).rejects.toMatchObject({ code: 'REST_UNREACHABLE' });
      const ends = new AbortController();
      const other = rest.get('/markets', { signal: ends.signal });
      ends.abort(new Error('over'));
      await expect(other).rejects.toThrow('over');
      expect(runtime.armedTimers).toBe(0);
    }
  });

  test('ends at once when it is aborted, while it waits for an answer and between tries', async () => {
    for (const failure of ['silence', refused(503, {})] as const) {
      const { rest, asked, runtime } = client([failure]);
      const ends = new AbortController();
      const answer = rest.get('/markets', { signal: ends.signal });
      answer.catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      ends.abort(new Error('over'));
      await expect(answer).rejects.toThrow(/over|no answer|aborted/);
      expect({ tries: asked.length, timers: runtime.armedTimers }).toEqual({ tries: 1, timers: 0 });
    }
  });
});
