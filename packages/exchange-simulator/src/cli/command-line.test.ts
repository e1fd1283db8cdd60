import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../options.ts';
import { inFlags, parseCommandLine, USAGE, UsageError } from './command-line.ts';

const everything = {
  port: [['--port', '8080'], 8080],
  tls: [['--tls'], true],
  markets: [['--markets', '7'], 7],
  deltasPerSecond: [['--rate', '2.5'], 2.5],
  marketLifetimeMs: [['--market-lifetime', '15m'], 900_000],
  rollMarkets: [['--no-roll'], false],
  tapes: [
    ['--tape', 'a', '--tape', 'b'],
    ['a', 'b'],
  ],
  speed: [['--speed', 'max'], 'max'],
  playback: [['--playback', 'on-play'], 'on-play'],
  loop: [['--loop'], true],
  seed: [['--seed', '3'], 3],
  record: [['--record', 'r.ndjson'], 'r.ndjson'],
  keyType: [['--key-type', 'ed25519'], 'ed25519'],
  balanceDollars: [['--balance', '50'], 50],
  fees: [
    ['--fees', 'KXA=0.5', '--fees', '*=1/0.25'],
    { KXA: { multiplier: 0.5 }, '*': { multiplier: 1, makerMultiplier: 0.25 } },
  ],
  orderbookAccess: [['--orderbook-access', 'signed'], 'signed'],
  readTokensPerSecond: [['--read-tokens', '100'], 100],
  maxConnectionsPerKey: [['--max-connections', '10'], 10],
  maxMarketsPerSubscription: [['--max-markets', 'Infinity'], Infinity],
  commandsPerSecond: [['--max-commands', '5'], 5],
  replyLatencyMs: [['--reply-latency', '250ms'], 250],
  replyOrder: [['--reply-order', 'arrival'], 'arrival'],
  unknownTicker: [['--unknown-ticker', 'silent'], 'silent'],
  pingIntervalMs: [['--ping-interval', 'Infinity'], Infinity],
  maxBufferedBytes: [['--max-buffered', '65536'], 65_536],
  perMessageDeflate: [['--deflate'], true],
} as const;

describe('the command line', () => {
  it.each(Object.entries(everything))('sets %s', (name, [args, value]) => {
    const { options } = parseCommandLine(args);
    expect(options).toEqual({ keyType: 'rsa', [name]: value });
    // What the command line gives, the exchange takes.
    expect(resolveOptions(options)).toMatchObject({ [name]: value });
  });

  it('has a flag for every option that is no function', () => {
    const inFiles = ['faults', 'keys'];
    const functions = ['onBadLine', 'runtime'];
    expect([...Object.keys(everything), ...inFiles, ...functions].toSorted()).toEqual(
      Object.keys(resolveOptions()).toSorted(),
    );
    const keys = [
      { keyId: 'id', publicKeyFile: 'k.pem', channels: undefined },
      { keyId: 'other', publicKeyFile: '/k.pem', channels: ['trade', 'ticker'] },
    ];
    const args = ['--faults', 'f.json', '--key', 'id=k.pem', '--key', 'other=/k.pem:trade,ticker'];
    expect(parseCommandLine(args)).toMatchObject({ faultsFile: 'f.json', keys });
    for (const [, [[flag]]] of Object.entries(everything)) expect(USAGE).toContain(`\n  ${flag}`);
  });

  it.each([
    [['--markts', '5'], "Unknown option '--markts'. Did you mean --markets?"],
    [['--nonsense'], "Unknown option '--nonsense'. --help lists the options."],
    [['--market-lifetime', 'soon'], '--market-lifetime must be a time such as'],
    [['--ping-interval', ''], '--ping-interval must be a time such as 500, 250ms, 10s, 15m or Infinity, got nothing'],
    [['--key', 'id'], '--key must be ID=FILE or ID=FILE:CHANNEL,CHANNEL, got id'],
    [['--fees', 'KX=lots'], '--fees must be SERIES=MULTIPLIER or SERIES=MULTIPLIER/MAKER, got KX=lots'],
  ])('refuses %j', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(UsageError);
    expect(() => parseCommandLine(args)).toThrow(message);
  });

  it('shows messages about options in its own words', () => {
    expect(inFlags('deltasPerSecond must be above 0')).toBe('--rate must be above 0');
    expect(inFlags('fees.KX must be an object')).toBe('--fees.KX must be an object');
    expect(inFlags('Tape x is broken')).toBe('Tape x is broken');
  });
});
