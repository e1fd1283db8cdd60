import { expect, test } from 'vitest';
import { findMarkets, unknownMarkets } from '../src/index.ts';
import { scriptedFetch } from './scripted-fetch.ts';

const entry = (ticker: string, volume: number, status = 'active') => ({
  ticker,
  event_ticker: 'KXA-1',
  status,
  volume_fp: `${volume}.00`,
});
const restUrl = 'https://me:s3cret@exchange.test/v2?key=s3cret';

test('says once what a search would want, what it refuses, and how many find no room', async () => {
  const { fetch } = scriptedFetch(() => ({
    body: { markets: [entry('KXA-1-A', 1), entry('KXA-1-B', 5), entry('KXA-1-C', 3), { ticker: 'KXA-1-D' }] },
  }));
  expect(await findMarkets({ restUrl, fetch, series: ['KXA'], limit: 2 })).toEqual({
    markets: [
      { market: 'KXA-1-B', reason: 'listed' },
      { market: 'KXA-1-C', reason: 'listed' },
    ],
    refused: [{ market: 'KXA-1-D', reason: 'it has no status' }],
    overLimit: 1,
    failures: [],
  });
});

test('a series that cannot be had is named, without a secret, and the others are found', async () => {
  const { fetch } = scriptedFetch(({ url }) =>
    url.searchParams.get('series_ticker') === 'KXBAD'
      ? { status: 400, body: { error: { code: 'invalid', message: 'no such series' } } }
      : { body: { markets: [entry('KXA-1-A', 1)] } },
  );
  const { markets, failures } = await findMarkets({ restUrl, fetch, series: ['KXBAD', 'KXA'] });
  expect(markets).toMatchObject([{ market: 'KXA-1-A' }]);
  expect(failures).toMatchObject([
    {
      part: 'KXBAD',
      error: { code: 'REST_REFUSED', status: 400, message: 'GET /v2/markets: HTTP 400 invalid: no such series' },
    },
  ]);
});

test('tells the markets that the exchange does not know, whatever their state', async () => {
  const { fetch } = scriptedFetch(() => ({
    body: { markets: [entry('KXA-1-A', 0, 'settled'), { ticker: 'KXA-1-B' }] },
  }));
  const { unknown, refused, failures } = await unknownMarkets({ restUrl, fetch }, ['KXA-1-A', 'KXA-1-B', 'KXA-1-C']);
  expect({ unknown, refused: refused.length, failures }).toEqual({ unknown: ['KXA-1-C'], refused: 1, failures: [] });
});

test('rejects when it is aborted', async () => {
  const { fetch } = scriptedFetch(() => 'silence');
  const ends = new AbortController();
  const answer = findMarkets({ restUrl, fetch }, { signal: ends.signal });
  ends.abort(new Error('enough'));
  await expect(answer).rejects.toThrow('enough');
});
