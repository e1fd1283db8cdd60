// Values by ticker, found by a frame's bytes without making a string of them. Open addressing with linear probing. A
// removal closes the gap that it leaves: thousands of markets come and go for weeks, and look-ups stay as short.
import { bytesBefore, quotesIn, wordOf } from './ascii-words.ts';

/** A cell is one cache line: the hash, then the ticker's bytes, then zeros, one at least. */
const CELL_WORDS = 16;
/** Real tickers have up to 57. */
const MAX_CELL_BYTES = (CELL_WORDS - 1) * 4 - 1;
/** The length of an entry that is found by its string only: no ticker in a frame's bytes has it. */
const NOT_IN_CELL = 0xff;
/** Characters that stand for themselves in JSON. */
const PLAIN = /^[ !#-[\]-~]+$/;
const FIRST_CAPACITY = 16;
const NONE = -1;

/** Tickers to values. An entry is a number that stands for a ticker for as long as the ticker is in the table. */
export class TickerTable<T> {
  readonly #tickers: (string | undefined)[] = [];
  readonly #values: (T | undefined)[] = [];
  /** Entries without a ticker, to be used again. */
  readonly #vacant: number[] = [];
  #cells = new Int32Array(FIRST_CAPACITY * CELL_WORDS);
  #lengths = new Uint8Array(FIRST_CAPACITY);
  /** Entries where their hash puts them, or behind. Two slots an entry, so that the next free one is near. */
  #slots = new Int32Array(FIRST_CAPACITY * 2).fill(NONE);

  get size(): number {
    return this.#tickers.length - this.#vacant.length;
  }

  get(ticker: string): T | undefined {
    const entry = this.#slots[this.#slotOf(ticker, hashOf(ticker))]!;
    return entry === NONE ? undefined : this.#values[entry];
  }

  /** Adds the ticker, or gives it another value. */
  set(ticker: string, value: T): void {
    const hash = hashOf(ticker);
    const known = this.#slots[this.#slotOf(ticker, hash)]!;
    if (known !== NONE) {
      this.#values[known] = value;
      return;
    }
    const entry = this.#vacant.pop() ?? this.#tickers.length;
    if (entry === this.#lengths.length) this.#grow();
    this.#tickers[entry] = ticker;
    this.#values[entry] = value;
    const fits = ticker.length <= MAX_CELL_BYTES && PLAIN.test(ticker);
    this.#lengths[entry] = fits ? ticker.length : NOT_IN_CELL;
    const cell = this.#cells.subarray(entry * CELL_WORDS, (entry + 1) * CELL_WORDS);
    cell[0] = hash;
    for (let i = 1; i < CELL_WORDS; i++) cell[i] = fits ? wordOf(ticker, (i - 1) * 4) : 0;
    this.#slots[this.#slotOf(ticker, hash)] = entry;
  }

  /** `false`: it was not there. */
  delete(ticker: string): boolean {
    const slot = this.#slotOf(ticker, hashOf(ticker));
    const entry = this.#slots[slot]!;
    if (entry === NONE) return false;
    this.#tickers[entry] = undefined;
    this.#values[entry] = undefined;
    this.#vacant.push(entry);
    this.#closeGap(slot);
    return true;
  }

  /**
   * Looks up the text from `at` to the next quote. 60 bytes from `at` on must be there. A ticker of more than 59 bytes,
   * or one that JSON would escape, is found by {@link get} only.
   *
   * @returns the entry, or -1
   */
  find(view: DataView, at: number): number {
    let hash = 0;
    let end = at;
    let word = view.getInt32(end, true);
    let quotes = quotesIn(word);
    while (quotes === 0) {
      hash = mix(hash, word);
      end += 4;
      if (end > at + MAX_CELL_BYTES) return NONE;
      word = view.getInt32(end, true);
      quotes = quotesIn(word);
    }
    const rest = bytesBefore(quotes);
    word &= (1 << (rest * 8)) - 1;
    hash = finish(mix(hash, word));
    const length = end + rest - at;
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!;
      if (entry === NONE) return NONE;
      const cell = entry * CELL_WORDS;
      if (this.#cells[cell] !== hash || this.#lengths[entry] !== length) continue;
      let own = cell + 1;
      let i = at;
      while (i < end && this.#cells[own] === view.getInt32(i, true)) {
        i += 4;
        own++;
      }
      if (i === end && this.#cells[own] === word) return entry;
    }
  }

  /** Bytes of the ticker of an entry that {@link find} returned. */
  lengthOf(entry: number): number {
    return this.#lengths[entry]!;
  }

  /** The value of an entry that {@link find} returned. */
  valueOf(entry: number): T {
    return this.#values[entry]!;
  }

  /** Where the ticker is, or where it would go. */
  #slotOf(ticker: string, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const entry = this.#slots[slot]!;
      if (entry === NONE || this.#tickers[entry] === ticker) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Empties a slot. Entries behind it that could not be found across the gap move up. */
  #closeGap(gap: number): void {
    const mask = this.#slots.length - 1;
    for (let slot = (gap + 1) & mask; this.#slots[slot] !== NONE; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!;
      const home = this.#cells[entry * CELL_WORDS]! & mask;
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
      this.#slots[gap] = entry;
      gap = slot;
    }
    this.#slots[gap] = NONE;
  }

  /** Every entry is taken when this is called. */
  #grow(): void {
    const capacity = this.#lengths.length * 2;
    this.#cells = enlarged(this.#cells, new Int32Array(capacity * CELL_WORDS));
    this.#lengths = enlarged(this.#lengths, new Uint8Array(capacity));
    const mask = capacity * 2 - 1;
    this.#slots = new Int32Array(mask + 1).fill(NONE);
    for (let entry = 0; entry < this.#tickers.length; entry++) {
      let slot = this.#cells[entry * CELL_WORDS]! & mask;
      while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask;
      this.#slots[slot] = entry;
    }
  }
}

function enlarged<A extends Int32Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** The hash of a ticker as {@link TickerTable.find} makes it of its bytes: word for word, zeros after the end. */
function hashOf(ticker: string): number {
  let hash = 0;
  for (let i = 0; i <= ticker.length; i += 4) hash = mix(hash, wordOf(ticker, i));
  return finish(hash);
}

/** An odd multiplier loses nothing; this one (of the PCG generators) keeps apart texts that differ in a few digits. */
const mix = (hash: number, word: number): number => (Math.imul(hash, 0x2c9277b5) + word) | 0;

/** Brings the high bits down: a slot is the low bits, which no product carries them to. */
function finish(hash: number): number {
  const spread = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return spread ^ (spread >>> 13);
}
