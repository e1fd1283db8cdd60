// How much each market changed in the last ten minutes: the rates that the trader tells, kept while this page asks for them.

/** As long as the trader's own count: the last rate of a bin is what changed in it. */
export const BIN_MS = 10_000;
export const BINS = 60;

/** In tenths a second. */
const NOT_KNOWN = 0xffff;
const TENTHS = 10;

/** For so many markets first. */
const FIRST_ROOM = 64;

export type Rate = { readonly market: string; readonly changesPerSecond: number };

/** A ring of bins for each market, all in one array; they turn together. */
export class RateHistory {
  #rates = new Uint16Array(FIRST_ROOM * BINS).fill(NOT_KNOWN);
  readonly #places = new Map<string, number>();
  readonly #free: number[] = [];
  /** Since the beginning of the clock. */
  #bin = 0;

  get bytes(): number {
    return this.#rates.byteLength;
  }

  /** @param rates of all markets: those that are not among them are forgotten; @param nowMs of a monotonic clock */
  add(rates: readonly Rate[], nowMs: number): void {
    this.#turnTo(Math.floor(nowMs / BIN_MS));
    this.#forget(rates);
    for (const { market, changesPerSecond } of rates) {
      const tenths = Math.min(Math.round(changesPerSecond * TENTHS), NOT_KNOWN - 1);
      this.#rates[this.#placeOf(market) * BINS + (this.#bin % BINS)] = tenths;
    }
  }

  /** Changes a second, the newest last; `null`: not known. */
  of(market: string): readonly (number | null)[] {
    const place = this.#places.get(market);
    return Array.from({ length: BINS }, (_, index) => {
      const tenths = place === undefined ? NOT_KNOWN : this.#rates[place * BINS + ((this.#bin + 1 + index) % BINS)]!;
      return tenths === NOT_KNOWN ? null : tenths / TENTHS;
    });
  }

  #turnTo(bin: number): void {
    const first = Math.max(this.#bin + 1, bin - BINS + 1);
    for (let next = first; next <= bin; next++)
      for (let at = next % BINS; at < this.#rates.length; at += BINS) this.#rates[at] = NOT_KNOWN;
    this.#bin = Math.max(bin, this.#bin);
  }

  #forget(rates: readonly Rate[]): void {
    const listed = new Set(rates.map(({ market }) => market));
    for (const [market, place] of this.#places) {
      if (listed.has(market)) continue;
      this.#places.delete(market);
      this.#rates.fill(NOT_KNOWN, place * BINS, (place + 1) * BINS);
      this.#free.push(place);
    }
  }

  #placeOf(market: string): number {
    let place = this.#places.get(market);
    if (place !== undefined) return place;
    place = this.#free.pop() ?? this.#places.size;
    this.#places.set(market, place);
    if ((place + 1) * BINS > this.#rates.length) {
      const larger = new Uint16Array(this.#rates.length * 2).fill(NOT_KNOWN);
      larger.set(this.#rates);
      this.#rates = larger;
    }
    return place;
  }
}
