// Reads something part by part: one that throws costs nobody the others, and is named.
import { scrub } from './secrets/known-secrets.ts';
import { messageOf } from './errors.ts';

export type Unreadable = { readonly part: string; readonly reason: string };

/** More of them say nothing new. */
const MOST_NAMED = 20;

export class PartReader {
  /** The first 20 that could not be read. */
  readonly unreadable: Unreadable[] = [];

  /** @returns `null` where it throws */
  read<T>(part: string, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (this.unreadable.length < MOST_NAMED) this.unreadable.push({ part, reason: scrub(messageOf(error)) });
      return null;
    }
  }

  /** What is made of each item, without those of which it cannot be made. */
  each<Item, Made>(items: Iterable<Item>, nameOf: (item: Item) => string, make: (item: Item) => Made): Made[] {
    const made: Made[] = [];
    for (const item of items) {
      const one = this.read(nameOf(item), () => [make(item)]);
      if (one) made.push(...one);
    }
    return made;
  }
}
