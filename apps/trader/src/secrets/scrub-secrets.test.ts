import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { scrubSecrets, spellingsOf } from './scrub-secrets.ts';

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
    ['cannot reach postgres://me:hunt/er@2@127.0.0.1/x', 'cannot reach postgres://***@127.0.0.1/x'],
    ['at wss://hunter2@h/ws, and more', 'at wss://***@h/ws, and more'],
    ['postgres://h/x?user=me&password=hunter2&a=1', 'postgres://h/x?user=me&password=***&a=1'],
    ['"wss://h/ws?access_token=hunter2"', '"wss://h/ws?access_token=***"'],
    ['GET /a?sslpassword=hunter2', 'GET /a?sslpassword=***'],
    ['{"password":"hunter2","a":1}', '{"password":"***","a":1}'],
    ['Authorization: Bearer hunter2', 'Authorization: ***'],
    ['{"KALSHI-ACCESS-SIGNATURE":"hunter2=="}', '{"KALSHI-ACCESS-SIGNATURE":"***"}'],
    ['{\\"privateKeyPem\\":\\"hunter2\\"}', '{\\"privateKeyPem\\":\\"***\\"}'],
  ])('%s', (text, scrubbed) => expect(scrubSecrets(text)).toBe(scrubbed));

  test.each([
    'https://external-api.kalshi.com/trade-api/v2',
    'the password file is missing',
    'postgres://127.0.0.1:5432/x',
    'GET /markets?limit=5&cursor=abc',
    '{"session":"s","fencingToken":3}',
    '--key-id belongs to --key-file',
  ])('leaves "%s" alone', (text) => expect(scrubSecrets(text)).toBe(text));

  test('takes out what is known, in each spelling', () => {
    const known = spellingsOf('p@ss"wörd');
    const texts = ['p@ss"wörd', encodeURIComponent('p@ss"wörd'), JSON.stringify({ a: 'p@ss"wörd' }), btoa('x')];
    expect(texts.map((text) => scrubSecrets(text, known))).toEqual(['***', '***', '{"a":"***"}', 'eA==']);
    expect(scrubSecrets(Buffer.from('p@ss"wörd').toString('base64'), known)).toBe('***');
  });
});
