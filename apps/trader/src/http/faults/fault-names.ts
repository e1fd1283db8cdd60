// What can go wrong at the simulator, by name: each of its kinds as it is most telling, and a few by what they do. Each ends by
// itself. FAULTS.md of the simulator describes the kinds.
import type { Fault, FaultKind } from '@trader/exchange-simulator';

export const FAULT_GROUPS = ['frames', 'connections', 'handshakes', 'exchange'] as const;
type FaultGroup = (typeof FAULT_GROUPS)[number];

export type NamedFault = {
  readonly group: FaultGroup;
  /** In one sentence. */
  readonly what: string;
  readonly fault: Fault;
  /** When it ends, unless it is spent before; counted from when it was injected. */
  readonly untilMs: number;
  /** It waits for a handshake: the connection is cut with it. */
  readonly withCut?: true;
};

const deltas = { aim: { frame: 'orderbook_delta' } } as const;
const once = { count: 1 } as const;

const named =
  <Group extends FaultGroup>(group: Group, usuallyMs: number) =>
  <const Of extends Fault>(what: string, fault: Of, untilMs = usuallyMs) => ({ group, what, fault, untilMs });
const frame = named('frames', 20_000);
const connection = named('connections', 20_000);
const exchange = named('exchange', 20_000);
const handshake = <const Of extends Fault>(what: string, fault: Of) => ({
  ...named('handshakes', 10_000)(what, fault),
  withCut: true as const,
});

/** Audits bring a snapshot now and then. */
const NEXT_SNAPSHOT_MS = 60_000;
/** Pings come every 10 s, and an answer may take as long. */
const PINGS_MS = 40_000;

const KINDS = {
  drop: frame('A change of a book is lost, which its numbers show.', { kind: 'drop', ...once, ...deltas }),
  duplicate: frame('Ten frames come twice, with the same numbers.', { kind: 'duplicate', count: 10, ...deltas }),
  delay: frame('Every frame comes 2 s late, in order.', { kind: 'delay', by: '2s', inOrder: true }),
  reorder: frame('A frame comes behind the next three.', { kind: 'reorder', behind: 3, ...once, ...deltas }),
  corrupt: frame('Three bits of a frame are flipped.', {
    kind: 'corrupt',
    how: 'bit-noise',
    bits: 3,
    ...once,
    ...deltas,
  }),
  truncate: frame('The second half of a frame is missing.', { kind: 'truncate', ...once, ...deltas }),
  giant: frame('A frame has 1 MiB too much.', { kind: 'giant', ...once, ...deltas }),
  binary: frame('Ten frames come as binary ones.', { kind: 'binary', count: 10, ...deltas }),
  'seq-hole': frame('The numbers jump by five, and nothing is missing.', {
    kind: 'seq-hole',
    skip: 5,
    ...once,
    ...deltas,
  }),
  'seq-reset': frame('The numbers begin again at 1.', { kind: 'seq-reset', ...once, ...deltas }),
  'ack-id': {
    ...frame('An acknowledgement has the id of no command.', { kind: 'ack-id', ...once }),
    withCut: true,
  },
  'ack-partial': {
    ...frame('Of the books that are subscribed to one does not come.', {
      kind: 'ack-partial',
      what: 'snapshots',
      ...once,
    }),
    withCut: true,
  },
  'wrong-snapshot': frame(
    'The next snapshot has wrong sizes.',
    { kind: 'wrong-snapshot', how: 'levels', ...once },
    NEXT_SNAPSHOT_MS,
  ),
  'unknown-type': frame('A frame of a type that nobody knows takes a number.', {
    kind: 'unknown-type',
    sequenced: true,
    ...once,
    ...deltas,
  }),
  'unknown-field': frame('Ten frames have fields that nobody knows.', { kind: 'unknown-field', count: 10, ...deltas }),
  'cents-era': frame('Ten changes are told in whole cents, as they were before March 2026.', {
    kind: 'cents-era',
    count: 10,
    ...deltas,
  }),
  'negative-figures': frame('A ticker has a volume below zero, where tickers are subscribed to.', {
    kind: 'negative-figures',
    ...once,
  }),
  error: frame('The exchange ends the subscription with error 25.', { kind: 'error', code: 25, ...once, ...deltas }),
  cut: frame('The connection is cut without a word.', { kind: 'cut', ...once }),
  close: frame('The exchange closes the connection with code 1012.', { kind: 'close', code: 1_012, ...once }),
  stall: connection('No frame comes and pings go on; what was withheld is lost.', { kind: 'stall' }),
  'no-pings': connection("The exchange's pings fail to come.", { kind: 'no-pings' }, PINGS_MS),
  'no-pongs': connection('Our pings are not answered.', { kind: 'no-pongs' }, PINGS_MS),
  'half-open': connection(
    'Nothing comes in or goes out and the socket stays open; at the end it is cut.',
    { kind: 'half-open' },
    60_000,
  ),
  'stop-reading': connection('Data go on, and nothing that we send is read.', { kind: 'stop-reading' }, PINGS_MS),
  'slow-link': connection('Frames arrive at 2,000 bytes a second.', { kind: 'slow-link', bytesPerSecond: 2_000 }),
  'flip-yes-price': {
    ...connection('New subscriptions have NO prices told as YES prices.', { kind: 'flip-yes-price' }),
    withCut: true,
  },
  'clock-skew': connection("The exchange's clock is 90 s behind.", { kind: 'clock-skew', by: '-90s' }),
  refuse: handshake('The connection is cut, and new ones are refused with HTTP 503.', { kind: 'refuse', status: 503 }),
  'never-upgrade': handshake('The connection is cut, and new ones get no answer.', { kind: 'never-upgrade' }),
  'accept-then-close': handshake('The connection is cut, and new ones end as soon as they are open.', {
    kind: 'accept-then-close',
    code: 1_013,
  }),
  maintenance: exchange('The exchange is in maintenance, and nothing trades.', { kind: 'maintenance' }),
  'trading-pause': exchange('The exchange is open, and nothing trades.', { kind: 'trading-pause' }),
  'no-open-markets': exchange(
    'Every market closes for good; others open at the end, which a search finds and a fixed list does not have.',
    { kind: 'no-open-markets' },
  ),
  'price-structure': exchange('Prices have steps of a tenth of a cent.', {
    kind: 'price-structure',
    structure: 'deci_cent',
  }),
} as const satisfies { readonly [Kind in FaultKind]: NamedFault & { readonly fault: { readonly kind: Kind } } };

/** By what they do. */
const OTHERS = {
  'lost-frame': KINDS.drop,
  'hidden-loss': frame('Ten changes are lost and their numbers close up: only an audit finds it.', {
    kind: 'drop',
    hidden: true,
    count: 10,
    ...deltas,
  }),
  unreadable: KINDS.truncate,
} as const satisfies Record<string, NamedFault>;

export type FaultName = FaultKind | keyof typeof OTHERS;

export const NAMED_FAULTS: Readonly<Record<FaultName, NamedFault>> = { ...KINDS, ...OTHERS };

export const FAULT_NAMES = Object.keys(NAMED_FAULTS) as [FaultName, ...FaultName[]];
