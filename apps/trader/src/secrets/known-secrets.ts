// What this process was given that nobody may see. It learns them from the settings, and scrubs what it says of itself: its log,
// its errors, its reports. Results (records, tables, tapes) are what they are.
import { scrubSecrets, spellingsOf } from './scrub-secrets.ts';

const known = new Set<string>();

/** A shorter one may be part of any word, and one of small letters or digits only be a word or a number of others. */
const isDistinct = (secret: string): boolean => secret.length >= 8 && !/^(?:[a-z]+|\d+)$/.test(secret);

/** From now on none of these is said, as far as it cannot be mistaken for a word. */
export function learnSecrets(...secrets: readonly (string | null | undefined)[]): void {
  for (const secret of secrets) {
    if (secret && isDistinct(secret) && secret.isWellFormed()) for (const text of spellingsOf(secret)) known.add(text);
  }
}

/** `text` as it may leave the process. */
export const scrub = (text: string): string => scrubSecrets(text, known);
