import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { scriptedFetch, type Scripted } from '../../test/scripted-fetch.ts';
import { RestClient, type RestError } from './rest-client.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const credentials = { keyId: 'the-id', privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) };

function client(answers: readonly Scripted[], signed = true) {
  const runtime = new ManualRuntime();
  const { fetch, asked } = scriptedFetch((_, index) => answers[Math.min(index, answers.length - 1)]!);
  const restUrl = 'https://exchange.test/trade-api/v2/';
  const rest = new RestClient({ restUrl, credentials: signed ? credentials : null, runtime, fetch });
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
    const { rest, asked, runtime } = client([{ body: { a: 1 }, headers: { date: 'Sun, 22 Nov 2026 12:00:00 GMT' } }]);
    const answer = await rest.get('/markets?limit=5');
    expect(answer).toEqual({ body: { a: 1 }, exchangeAtMs: Date.UTC(2026, 10, 22, 12) });
    const [{ url, headers }] = asked as [(typeof asked)[number]];
    expect(url.href).toBe('https://exchange.test/trade-api/v2/markets?limit=5');
    expect(headers).toMatchObject({
      'kalshi-access-key': 'the-id',
      'kalshi-access-timestamp': String(runtime.nowMs()),
    });
    const text = Buffer.from(`${runtime.nowMs()}GET/trade-api/v2/markets`);
    const signature = Buffer.from(headers['kalshi-access-signature']!, 'base64');
    expect(verify(null, text, createPublicKey(privateKey), signature)).toBe(true);
  });

  test.each([
    ['https://me:p%40ss@exchange.test/api?key=k', 'https://exchange.test/api/markets?key=k&limit=5', 'me:p@ss'],
    ['https://token@exchange.test/', 'https://exchange.test/markets?limit=5', 'token:'],
    ['https://exchange.test/api?key=k', 'https://exchange.test/api/markets?key=k&limit=5', null],
  ])('asks below %s', async (restUrl, url, who) => {
    const { fetch, asked } = scriptedFetch(() => ({ body: {} }));
    const rest = new RestClient({ restUrl, credentials: null, runtime: new ManualRuntime(), fetch });
    await rest.get('/markets?limit=5');
    const [{ url: askedUrl, headers }] = asked as [(typeof asked)[number]];
    expect(askedUrl.href).toBe(url);
    expect(headers['authorization']).toBe(who === null ? undefined : `Basic ${Buffer.from(who).toString('base64')}`);
  });

  test('without a key sends no signature', async () => {
    const { rest, asked } = client([{ body: {} }], false);
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
    const { rest, asked, runtime } = client([failure, failure, { body: 'true' }]);
    expect(await settled(runtime, rest.get('/markets'))).toMatchObject({ body: true });
    expect(new Set(asked.map(({ headers }) => headers['kalshi-access-timestamp'])).size).toBe(3);
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
    const error = (await rest.get('/markets').catch((cause: unknown) => cause)) as RestError;
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
