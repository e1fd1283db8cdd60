import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { scrubSecrets } from './scrub-secrets.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  format: 'pem',
  type: 'pkcs1',
});

describe('scrubSecrets', () => {
  test.each([
    ['a key as it is', pem],
    ['a key in JSON', JSON.stringify({ pem })],
    ['a key that was cut off', pem.slice(0, 500)],
  ])('takes out %s', (_what, text) => {
    const scrubbed = scrubSecrets(`before ${text}`);
    expect(scrubbed).toMatch(/^before .*\[private key\]/s);
    for (const line of pem.split('\n').slice(1, 6)) expect(scrubbed).not.toContain(line);
  });

  test.each([
    ['cannot reach postgres://me:hunter2@127.0.0.1:5432/x', 'cannot reach postgres://***@127.0.0.1:5432/x'],
    ['{"password":"hunter2","a":1}', '{"password":"***","a":1}'],
    ['Authorization: Bearer hunter2', 'Authorization: ***'],
    ['{"KALSHI-ACCESS-SIGNATURE":"hunter2=="}', '{"KALSHI-ACCESS-SIGNATURE":"***"}'],
    ['{\\"privateKeyPem\\":\\"hunter2\\"}', '{\\"privateKeyPem\\":\\"***\\"}'],
  ])('%s', (text, scrubbed) => expect(scrubSecrets(text)).toBe(scrubbed));

  test.each([
    'https://external-api.kalshi.com/trade-api/v2',
    'the password file is missing',
    'postgres://127.0.0.1:5432/x',
  ])('leaves "%s" alone', (text) => expect(scrubSecrets(text)).toBe(text));
});
