// Requests by the million, right and wrong, against traders that record meanwhile: one that is open to its machine, and one
// that asks for a token. A round is a thousand requests; every tenth comes from more clients than there is room for.
import { campaignRounds, startPostgres, testSeed } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { fuzz } from '../test/http-fuzz/fuzz-run.ts';
import { FuzzTarget } from '../test/http-fuzz/fuzz-target.ts';
import { expectUnharmed } from '../test/http-fuzz/unharmed.ts';
import { outcomeOf, RawClient, requestOf, upgradeOf } from '../test/raw-client.ts';

const ROUND = 1_000;
const ROUNDS = campaignRounds(40);
/** Cases are numbered through; no round comes to the next one's. */
const NUMBERS = 100_000;

/** Clients that begin and never end, kept until the server has had enough of them. */
async function halfSent(base: string): Promise<void> {
  const begun = ['', 'GET', 'GET / HTTP/1.1\r\n', requestOf('/livez').slice(0, -2), upgradeOf('/ws').slice(0, -2)];
  const clients = await Promise.all(begun.map(() => RawClient.connect(base)));
  const ends = await Promise.all(clients.map((client, index) => client.send(begun[index]!).closed));
  for (const end of ends) expect(outcomeOf(end)).toEqual([408, 'REQUEST_TIMEOUT']);
}

describe.each([
  ['without a token', null, 0],
  ['with a token', 'a-token-of-some-length', 1],
])('a trader %s', (_what, token, half) => {
  test('answers or closes everything, lives, records, and leaks nothing', async () => {
    await using server = await startPostgres();
    await using target = await FuzzTarget.start(await server.createDatabase(), token);
    const before = await target.status();
    const seed = testSeed();
    const refusals = new Map<string, number>();
    const held = halfSent(target.base);
    for (let round = half; round < ROUNDS; round += 2) {
      const isCrowded = round % 10 >= 8;
      const plan = { seed, from: round * NUMBERS, requests: ROUND, parallel: isCrowded ? 300 : 32, isCrowded };
      const report = await fuzz(target, plan);
      expect(report.findings.join('\n')).toBe('');
      for (const [code, count] of report.refusals) refusals.set(code, (refusals.get(code) ?? 0) + count);
      expect(await target.answer('/livez')).toBe(200);
      if (round === half) await held;
    }
    await expectUnharmed(target, before, { refusals });
  });
});
