// Faults of the exchange as a whole, done to generated markets. In go the conditions that hold now; out come markets that
// are closed, opened or on another price grid than before, and only what has changed is touched.
import type { ExchangeConditions } from '../faults/conditions.ts';
import type { Generator } from './generator.ts';
import { PRICE_STRUCTURES } from '../market/listing.ts';

/** What faults make of generated markets: none open, or on another price grid. When they end, all is as it was. */
export class MarketConditions {
  readonly #generator: Generator;
  #closed = false;
  /** By ticker, the label before. */
  readonly #changed = new Map<string, string>();

  constructor(generator: Generator) {
    this.#generator = generator;
  }

  apply({ noOpenMarkets, priceStructures }: ExchangeConditions, atMicros: number): void {
    if (noOpenMarkets && !this.#closed) this.#generator.closeMarkets(atMicros);
    if (!noOpenMarkets && this.#closed) this.#generator.openMarkets(atMicros);
    this.#closed = noOpenMarkets;

    const wanted = new Map<string, string>();
    for (const { structure, market } of priceStructures) {
      for (const ticker of market === undefined ? this.#generator.openTickers : [market]) wanted.set(ticker, structure);
    }
    for (const [ticker, before] of this.#changed) {
      if (wanted.has(ticker)) continue;
      this.#changed.delete(ticker);
      this.#changeStructure(ticker, before, atMicros);
    }
    for (const [ticker, structure] of wanted) {
      const present = this.#generator.markets.get(ticker)?.listing.priceLevelStructure;
      if (present === undefined || present === structure) continue;
      if (!this.#changed.has(ticker)) this.#changed.set(ticker, present);
      this.#changeStructure(ticker, structure, atMicros);
    }
  }

  #changeStructure(ticker: string, structure: string, atMicros: number): void {
    const ranges = PRICE_STRUCTURES[structure];
    if (ranges) this.#generator.changePriceStructure(ticker, structure, ranges, atMicros);
  }
}
