import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Whether two secrets are equal, in a time that does not depend on where they differ. Their hashes are compared, because
 * `timingSafeEqual` wants equal lengths, and a look at the length first would give that away.
 */
export const sameSecret = (given: string, expected: string): boolean =>
  timingSafeEqual(digest(given), digest(expected));
