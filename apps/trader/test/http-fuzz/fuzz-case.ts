// What is thrown at the port, one connection a case: requests that are right, nearly right and nothing of the kind. The same
// for the same seed and number.
import { Chance, inPieces, mutated } from './bytes.ts';
import { framesOf } from './frames.ts';

export type FuzzCase = {
  readonly index: number;
  readonly kind: string;
  /** Written one after the other. */
  readonly pieces: readonly Buffer[];
  /** How many requests were begun in it. */
  readonly requests: number;
  /** What the client does when it has sent everything: says so, breaks off, or waits for the server's end. */
  readonly ending: 'end' | 'reset' | 'wait';
  /** It is right from end to end: there has to be an answer. */
  readonly isRight: boolean;
};

/** What a generator has to know of its target. */
export type FuzzTargetFacts = { readonly markets: readonly string[]; readonly token: string | null };

type Made = Omit<FuzzCase, 'index' | 'kind' | 'pieces'> & { readonly bytes: Buffer };

const PATHS = [
  '/livez',
  '/readyz',
  '/status',
  '/sessions',
  '/books',
  '/metrics',
  '/history',
  '/timeline',
  '/ws',
  '/',
  '/assets/index.js',
  '/nothing',
];
/** They ask the database, which has other things to do than be fuzzed. */
const ASKING_PATHS = [
  '/timeline',
  '/coverage?market=KX',
  '/gaps',
  '/gaps?after=x',
  '/markets/KX',
  '/markets/%00',
  '/books/KX/history?from=1&to=5000',
  '/books/%00/history',
];
const QUERIES = [
  'limit=5',
  'limit=99999',
  'recorder=%00',
  'status=active',
  'market=KX',
  'since=x-1',
  'from=1&to=2',
  'from=99999999999999999999',
  'step=60000',
  'token=x',
  '%',
  '=&=',
];
const ODD_TARGETS = [
  '//',
  '///',
  '//ws',
  '/\\',
  '/%',
  '/%00',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/../../etc/passwd',
  '/books/%E0%A4%A',
  '/books/%00',
  '/books/__proto__',
  '/books/constructor',
  '/status#x',
  '/status;x',
  '/?',
  '?',
  '#',
  '*',
  '',
  'status',
  'http://127.0.0.1/livez',
  'http://evil.example/livez',
  'http://',
  'https://user:pass@127.0.0.1:1/ws',
  'ws://127.0.0.1/ws',
  '127.0.0.1:80',
  '[::1]:80',
  'file:///etc/passwd',
  'javascript:1',
  '/\xe9\xff',
  '/status\x01',
  '/status HTTP/1.1 ',
];
const ODD_METHODS = [
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'CONNECT',
  'PRI',
  'PROPFIND',
  'M-SEARCH',
  'QUERY',
  'get',
  'X',
  'G\x00T',
];
const ODD_VERSIONS = ['HTTP/1.0', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', 'HTTP/1.1 x', ''];
const HOSTS = [
  '127.0.0.1',
  'localhost:1',
  '[::1]',
  'evil.example',
  '0x7f.1',
  '127.0.0.1.',
  '',
  'a@127.0.0.1',
  '\xff',
  ',',
];
const ODD_LINES = [
  'Origin: https://evil.example',
  'Origin: null',
  'Origin:',
  'Authorization: Bearer',
  'Authorization: Bearer x',
  `Authorization: Bearer ${'x'.repeat(3_000)}`,
  'Authorization: Basic eDp5',
  'Host: second.example',
  'Connection: keep-alive',
  'Connection: upgrade',
  'Connection: ,,,close,,',
  'Upgrade: h2c',
  'Upgrade: ,',
  'HTTP2-Settings: AAMAAABkAAQAAP__',
  'Sec-WebSocket-Protocol: bearer.eA, trader.v1',
  'Sec-WebSocket-Protocol: ,',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99',
  'Expect: 100-continue',
  'Expect: x',
  'Content-Length: 0',
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
  'Trailer: x',
  'TE: trailers',
  'Range: bytes=0-,0-,0-',
  'If-None-Match: *',
  'Accept: text/html',
  'Accept-Encoding: gzip, br, zstd',
  'Cookie: a=b',
  'Content-Type: application/json',
  'Keep-Alive: timeout=999999, max=-1',
  'X-Forwarded-For: 10.0.0.1',
  'X: \xe9\xff',
  'X-Trader-Request: 1',
  'Content-Length: 2',
];
const BROKEN_LINES = [
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 1, 1',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding:\x0bchunked',
  ' folded: x',
  'no colon',
  ': no name',
  'Na me: x',
  'X\x00: y',
  'X: \x00\x01\x02',
];
const UPGRADE_LINES = [
  'Sec-WebSocket-Version: 8',
  'Sec-WebSocket-Version: 99',
  'Sec-WebSocket-Version: 13, 13',
  'Sec-WebSocket-Key: short',
  'Sec-WebSocket-Key:',
  `Sec-WebSocket-Key: ${'A'.repeat(3_000)}`,
  'Sec-WebSocket-Protocol: ,,',
  'Sec-WebSocket-Protocol: trader.v1, trader.v1',
  'Sec-WebSocket-Extensions: ;;=,',
  'Sec-WebSocket-Extensions: permessage-deflate',
  'Origin: https://evil.example',
  'Content-Length: 3',
  'Transfer-Encoding: chunked',
  'Upgrade: websocket, h2c',
  'Connection: close',
];

export function fuzzCase(seed: number, index: number, { markets, token }: FuzzTargetFacts): FuzzCase {
  const chance = new Chance(seed, index);
  const allowed = token === null ? [] : [`Authorization: Bearer ${token}`];

  const pathOf = (): string => chance.of(chance.is(0.02) ? ASKING_PATHS : PATHS);
  const target = (): string => {
    if (chance.is(0.15)) return chance.of(ODD_TARGETS);
    if (chance.is(0.05)) return `/${chance.text(40)}`;
    if (chance.is(0.02)) return `/${'x'.repeat(chance.below(20_000))}`;
    const path = chance.is(0.2) ? `/books/${chance.of([...markets, 'KX'])}` : pathOf();
    return chance.is(0.3) ? `${path}${path.includes('?') ? '&' : '?'}${chance.of(QUERIES)}` : path;
  };
  const lines = (): string[] => {
    const odd = chance.some(6, () => chance.of(ODD_LINES));
    if (chance.is(0.1)) odd.push(chance.of(BROKEN_LINES));
    if (chance.is(0.05)) odd.push(chance.text(60).replace(/[\r\n]/g, ''));
    if (chance.is(0.01)) odd.push(...Array.from({ length: chance.below(3_000) }, () => 'A: b'));
    if (chance.is(0.01)) odd.push(`X: ${'x'.repeat(chance.below(40_000))}`);
    return chance.is(0.8) ? [...allowed, ...odd] : odd;
  };
  const request = (method: string, of: string, more: readonly string[], version = 'HTTP/1.1'): string =>
    [`${method} ${of} ${version}`, 'Host: 127.0.0.1', ...more, '', ''].join('\r\n');
  const right = (more: readonly string[] = []): string =>
    request(chance.of(['GET', 'HEAD']), pathOf(), [...(chance.is(0.8) ? allowed : []), ...more]);
  const odd = (): string =>
    [
      [
        chance.is(0.8) ? chance.of(['GET', 'HEAD']) : chance.of(ODD_METHODS),
        target(),
        chance.is(0.9) ? 'HTTP/1.1' : chance.of(ODD_VERSIONS),
      ].join(' '),
      ...(chance.is(0.95) ? [`Host: ${chance.is(0.8) ? '127.0.0.1' : chance.of(HOSTS)}`] : []),
      ...lines(),
      '',
      '',
    ].join(chance.is(0.95) ? '\r\n' : '\n');
  const upgrade = (of: string, more: readonly string[] = []): string =>
    request('GET', of, [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ...allowed,
      ...more,
    ]);
  const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
  const body = (): string =>
    chance.of([
      '',
      'hello',
      '5\r\nhello\r\n0\r\n\r\n',
      'zz\r\n',
      'ffffffffffffffff\r\n',
      '5;x=y\r\nhello\r\n',
      '0\r\n\r\n',
      'x'.repeat(chance.below(70_000)),
    ]);
  const ends = (): 'end' | 'reset' => (chance.is(0.85) ? 'end' : 'reset');

  const kinds: Readonly<Record<string, () => Made>> = {
    right: () => ({ bytes: latin(right(['Connection: close'])), requests: 1, ending: 'wait', isRight: true }),
    odd: () => ({ bytes: latin(odd()), requests: 1, ending: ends(), isRight: false }),
    mutated: () => ({ bytes: mutated(latin(right()), chance), requests: 1, ending: ends(), isRight: false }),
    pipelined: () => {
      const all = Array.from({ length: 2 + chance.below(6) }, () => (chance.is(0.8) ? right() : odd()));
      return { bytes: latin(all.join('')), requests: all.length, ending: ends(), isRight: false };
    },
    'pipelined and right': () => {
      const all = [...Array.from({ length: 1 + chance.below(8) }, () => right()), right(['Connection: close'])];
      return { bytes: latin(all.join('')), requests: all.length, ending: 'wait', isRight: true };
    },
    'very many': () => {
      const requests = 16 + chance.below(16);
      return { bytes: latin(right().repeat(requests)), requests, ending: ends(), isRight: false };
    },
    body: () => ({ bytes: latin(odd() + body()), requests: 1, ending: ends(), isRight: false }),
    'half-sent': () => {
      const whole = latin(chance.is(0.5) ? right() : upgrade('/ws'));
      return { bytes: whole.subarray(0, chance.below(whole.length)), requests: 1, ending: ends(), isRight: false };
    },
    upgrade: () => {
      const of = chance.is(0.5) ? '/ws' : target();
      const more = chance.some(4, () => chance.of(chance.is(0.7) ? UPGRADE_LINES : ODD_LINES));
      const bytes = latin(upgrade(of, more) + (chance.is(0.3) ? body() : ''));
      return { bytes: chance.is(0.3) ? mutated(bytes, chance) : bytes, requests: 1, ending: ends(), isRight: false };
    },
    socket: () => {
      const since = chance.of(['', '', '?since=x-1', '?since=', '?since=m9x2k1-999999999999999', '?x=1']);
      const bytes = Buffer.concat([latin(upgrade(`/ws${since}`)), framesOf(chance, markets)]);
      return { bytes, requests: 1, ending: ends(), isRight: false };
    },
    'behind an answer': () => ({ bytes: latin(right() + upgrade('/ws')), requests: 2, ending: ends(), isRight: false }),
    noise: () => ({ bytes: chance.bytes(chance.below(2_000)), requests: 1, ending: ends(), isRight: false }),
  };
  const kind = chance.of([
    ...Object.keys(kinds),
    'right',
    'odd',
    'odd',
    'odd',
    'mutated',
    'mutated',
    'pipelined',
    'upgrade',
    'socket',
    'socket',
  ]);
  const { bytes, ...made } = kinds[kind]!();
  return { index, kind, pieces: inPieces(bytes, chance), ...made };
}
