import { seededRandom } from '@trader/testkit';
import { MarketFlow, type Grid, type Level, type Side } from '../market-flow.ts';

/** Snapshots of many books, and changes that fall on a random one each, in columns: reading them should cost little. */
export type Tape = {
  readonly snapshots: readonly { readonly yes: readonly Level[]; readonly no: readonly Level[] }[];
  /** Whose book each change is of. */
  readonly market: Uint32Array;
  readonly side: readonly Side[];
  /** 1/10,000 dollar. */
  readonly price: Int32Array;
  /** 1/100 contract. */
  readonly delta: Int32Array;
  /** What rests afterwards, in 1/100 contract. */
  readonly size: Int32Array;
  /** The best YES bids after the last change, in 1/10,000 dollar. */
  readonly bestBids: readonly number[];
  readonly levelsPerBook: number;
};

export function makeTape(grid: Grid, markets: number, length: number): Tape {
  const random = seededRandom(markets);
  const flows = Array.from({ length: markets }, (_, index) => new MarketFlow(grid, index));
  const snapshots = flows.map((flow) => ({ yes: flow.levels('yes'), no: flow.levels('no') }));
  const market = Uint32Array.from({ length }, () => Math.floor(random() * markets));
  const changes = Array.from(market, (index) => flows[index]!.next());
  const bestBids = flows.map((flow) => flow.best('yes'));
  const levels = snapshots.reduce((sum, { yes, no }) => sum + yes.length + no.length, 0);
  return {
    snapshots,
    market,
    side: changes.map(({ side }) => side),
    price: Int32Array.from(changes, ({ price }) => price),
    delta: Int32Array.from(changes, ({ delta }) => delta),
    size: Int32Array.from(changes, ({ size }) => size),
    bestBids,
    levelsPerBook: levels / markets,
  };
}

// Peers count in dollars and contracts, and have asks where Kalshi has NO bids.
export const dollarsOf = (price: number): number => price / 10_000;
export const askDollarsOf = (noPrice: number): number => (10_000 - noPrice) / 10_000;
export const contractsOf = (size: number): number => size / 100;

/** Each change's price as peers take it. */
export const peerPrices = ({ side, price }: Tape): Float64Array =>
  Float64Array.from(price, (value, index) => (side[index] === 'yes' ? dollarsOf(value) : askDollarsOf(value)));
