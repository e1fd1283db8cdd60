// Random choices and byte-level mutations, the same for the same seed.
import { seededRandom } from '@trader/testkit';

export class Chance {
  readonly #random: () => number;

  constructor(seed: number, index: number) {
    this.#random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.#random() * below);
  }

  /** With this probability. */
  is(probability: number): boolean {
    return this.#random() < probability;
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** Up to `most` of something, often few. */
  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(this.below(most) + 2) }, make);
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** Letters that mean something to somebody on the way. */
  text(most: number): string {
    const letters = 'abcXYZ019 \t/\\?#%&=.:;,@*"\'<>[]{}|~^`$!+-_\0\r\n\x7f\x80\xe9\xff';
    return Array.from({ length: this.below(most) }, () => letters[this.below(letters.length)]).join('');
  }
}

/** The bytes with a few of them changed, lost, doubled, cut off or put elsewhere. */
export function mutated(bytes: Buffer, chance: Chance): Buffer {
  let result = bytes;
  for (let count = 1 + chance.below(4); count > 0; count--) {
    const at = chance.below(result.length + 1);
    const to = Math.min(result.length, at + 1 + chance.below(chance.is(0.2) ? 64 : 4));
    const [before, part, after] = [result.subarray(0, at), result.subarray(at, to), result.subarray(to)];
    const kind = chance.below(6);
    if (kind === 0) result = Buffer.concat([before, chance.bytes(part.length), after]);
    else if (kind === 1) result = Buffer.concat([before, after]);
    else if (kind === 2) result = Buffer.concat([before, part, part, after]);
    else if (kind === 3) result = Buffer.concat([before, chance.bytes(1 + chance.below(4)), part, after]);
    else if (kind === 4)
      result = Buffer.concat([before, part, Buffer.from(chance.of(['\r\n', '\n', '\0', ' ', ':'])), after]);
    else result = before;
  }
  return result;
}

/** In pieces, as a network may deliver it. */
export function inPieces(bytes: Buffer, chance: Chance): Buffer[] {
  if (chance.is(0.7) || bytes.length < 2) return [bytes];
  const cuts = Array.from({ length: 1 + chance.below(5) }, () => chance.below(bytes.length));
  const bounds = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  return bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
}
