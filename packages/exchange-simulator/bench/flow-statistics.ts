// Generated flow beside a recorded tape of one busy market, as a Markdown table.
// node --conditions=@trader/source bench/flow-statistics.ts TAPE [changes a second]; without a rate, that of the tape.
import { MarketBook, type Side } from '../src/core/market/book.ts';
import { newExchangeState } from '../src/core/exchange-state.ts';
import { Generator } from '../src/core/flow/generator.ts';
import { Hub } from '../src/core/socket/hub.ts';
import { Publisher } from '../src/core/socket/publisher.ts';
import { newTally } from '../src/core/tally.ts';
import { parseTapeLine } from '../src/core/tape/tape-line.ts';
import { readTapeLines } from '../src/io/tape-file.ts';

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Folds one market's frames and counts what is compared. */
class FlowStatistics {
  readonly #book = new MarketBook();
  readonly #perSecond = new Map<number, number>();
  /** Seconds in which a delta or a trade came. */
  readonly #heard = new Set<number>();
  readonly #perTenth = new Map<number, number>();
  readonly #perMilli = new Map<number, number>();
  readonly #levels: Record<Side, number[]> = { yes: [], no: [] };
  /** Cents between the best bid and the best ask. */
  readonly #spreads: number[] = [];
  /** By minute, the middle between them at its end, in cents. */
  readonly #middles = new Map<number, number>();
  /** By time and side of the makers, what was taken off and what was printed. */
  readonly #removed = new Map<string, number[]>();
  readonly #printed = new Map<string, number[]>();
  #deltas = 0;
  #negative = 0;
  #levelsRemoved = 0;
  #trades = 0;

  snapshot(levels: Parameters<MarketBook['replace']>[0]): void {
    this.#book.replace(levels);
  }

  delta(side: Side, price: number, change: number, atMs: number): void {
    this.#deltas++;
    this.#heard.add(Math.floor(atMs / 1000));
    this.#book.applyChange(side, price, change);
    if (change < 0) {
      this.#negative++;
      add(this.#removed, `${atMs} ${side}`, -change);
    }
    if (this.#book.size(side, price) === 0) this.#levelsRemoved++;
    for (const [counts, ms] of [
      [this.#perSecond, 1000],
      [this.#perTenth, 100],
      [this.#perMilli, 1],
    ] as const) {
      const key = Math.floor(atMs / ms);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    if (this.#deltas % 20 === 0) {
      for (const side of ['yes', 'no'] as const) this.#levels[side].push(this.#book.depth(side));
      const [bid, ask] = [this.#book.best('yes'), 10_000 - this.#book.best('no')];
      this.#spreads.push((ask - bid) / 100);
      this.#middles.set(Math.floor(atMs / 60_000), (bid + ask) / 200);
    }
  }

  trade(makers: Side, size: number, atMs: number): void {
    this.#trades++;
    this.#heard.add(Math.floor(atMs / 1000));
    add(this.#printed, `${atMs} ${makers}`, size);
  }

  get perSecond(): number {
    return this.#deltas / this.#seconds;
  }

  rows(): [string, string][] {
    const seconds = [...this.#perSecond.values()];
    const silent = this.#seconds - seconds.length;
    const rates = [...Array.from({ length: silent }, () => 0), ...seconds].toSorted((a, b) => a - b);
    const tenths = [...this.#perTenth.values()].toSorted((a, b) => a - b);
    const millis = [...this.#perMilli.values()].toSorted((a, b) => a - b);
    const spread = (sorted: readonly number[]) =>
      [0.5, 0.9, 0.99, 1].map((share) => quantile(sorted, share)).join(' / ');
    const levels = (side: Side) => spread(this.#levels[side].toSorted((a, b) => a - b));
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    const groups = [...this.#printed];
    const paired = groups.filter(([key, sizes]) => isWithin(sizes, this.#removed.get(key) ?? [])).length;
    return [
      ['deltas, seconds', `${this.#deltas}, ${this.#seconds}`],
      ['deltas a second, mean', this.perSecond.toFixed(1)],
      ['deltas in a second, p50 / p90 / p99 / most', spread(rates)],
      ['seconds without a delta', percent(silent / this.#seconds)],
      ['whole seconds without a frame, between the first and the last', percent(this.#silence)],
      ['deltas in 100 ms that have any, p50 / p90 / p99 / most', spread(tenths)],
      ['100 ms that have any', percent(tenths.length / (10 * this.#seconds))],
      ['deltas in a ms that has any, p50 / p90 / p99 / most', spread(millis)],
      ['levels of the YES side, p50 / p90 / p99 / most', levels('yes')],
      ['levels of the NO side, p50 / p90 / p99 / most', levels('no')],
      ['spread in cents, p50 / p90 / p99 / most', spread(this.#spreads.toSorted((a, b) => a - b))],
      ['cents from minute to minute, p50 / p90 / p99 / most', spread(this.#moves.toSorted((a, b) => a - b))],
      ['deltas that remove size', percent(this.#negative / this.#deltas)],
      ['deltas that remove a level', percent(this.#levelsRemoved / this.#deltas)],
      ['trades per 100 deltas', ((100 * this.#trades) / this.#deltas).toFixed(1)],
      ['prints of one ms and side, mean', (this.#trades / Math.max(1, groups.length)).toFixed(2)],
      ['of these, matched by deltas one to one, in order', percent(paired / Math.max(1, groups.length))],
    ];
  }

  /** How far the price is from where it was a minute before. */
  get #moves(): readonly number[] {
    const middles = [...this.#middles.values()];
    return middles.slice(1).map((middle, index) => Math.abs(middle - middles[index]!));
  }

  get #silence(): number {
    const seconds = [...this.#heard].toSorted((a, b) => a - b);
    const whole = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0) + 1;
    return 1 - seconds.length / whole;
  }

  get #seconds(): number {
    const keys = [...this.#perSecond.keys()];
    return keys.length === 0 ? 1 : (keys.at(-1) as number) - (keys[0] as number) + 1;
  }
}

function add(groups: Map<string, number[]>, key: string, value: number): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

/** Whether the sizes are among the others, in their order. */
function isWithin(sizes: readonly number[], others: readonly number[]): boolean {
  let next = 0;
  for (const other of others) if (other === sizes[next]) next++;
  return next === sizes.length;
}

async function ofTape(file: string): Promise<FlowStatistics> {
  const statistics = new FlowStatistics();
  for await (const lines of readTapeLines(file)) {
    for (const line of lines) {
      const frame = parseTapeLine(line);
      if (frame.kind === 'snapshot') statistics.snapshot(frame.levels);
      // The exchange's time, not that of the receipt.
      const tsMs = Number(/"ts_ms":(\d+)/.exec(line)?.[1]);
      if (frame.kind === 'delta') statistics.delta(frame.side, frame.price, frame.change, tsMs);
      if (frame.kind === 'trade')
        statistics.trade(frame.trade.takerOutcome === 'yes' ? 'no' : 'yes', frame.trade.size, tsMs);
    }
  }
  return statistics;
}

function ofGenerator(deltasPerSecond: number, seconds: number): FlowStatistics {
  const statistics = new FlowStatistics();
  const startMs = 1_786_085_188_000;
  const publisher = new Publisher({ hub: new Hub(), tally: newTally() });
  const state = newExchangeState();
  const life = { marketLifetimeMs: Infinity, rollMarkets: false };
  const generator = new Generator({ markets: 1, deltasPerSecond, seed: 1, startMs, publisher, state, ...life });
  // What a market opens with is not how it looks after a while.
  const firstMs = startMs + 300_000;
  while (generator.nextMicros < firstMs * 1000) generator.runNext();
  for (const market of generator.markets.values()) {
    statistics.snapshot(market.book.levels());
    market.followers.add({
      receiveDelta: (side, price, tail) => {
        const [, change = '', tsMs] = /"delta_fp":"([^"]+)".*"ts_ms":(\d+)/.exec(tail) ?? [];
        statistics.delta(side, price, Math.round(Number(change) * 100), Number(tsMs));
      },
      receiveSnapshot: () => undefined,
      receiveDelisting: () => undefined,
    });
  }
  publisher.hub.join('trade', {
    keyId: '',
    receivePublication: (_, { tail }) => {
      const { msg } = JSON.parse(`{${tail}`) as {
        msg: { taker_outcome_side: Side; count_fp: string; ts_ms: number };
      };
      const makers = msg.taker_outcome_side === 'yes' ? 'no' : 'yes';
      statistics.trade(makers, Math.round(Number(msg.count_fp) * 100), msg.ts_ms);
    },
  });
  while (generator.nextMicros < (firstMs + seconds * 1000) * 1000) generator.runNext();
  return statistics;
}

const [file, rate] = process.argv.slice(2);
if (file === undefined) throw new Error('name a tape: bench/flow-statistics.ts TAPE [changes a second]');
const recorded = await ofTape(file);
const generated = ofGenerator(rate === undefined ? recorded.perSecond : Number(rate), 900);
console.log('| | recorded | generated |\n| --- | ---: | ---: |');
const ours = generated.rows();
for (const [index, [name, value]] of recorded.rows().entries())
  console.log(`| ${name} | ${value} | ${ours[index]?.[1]} |`);
