// What the other side says, for messages and logs: bounded, without characters that move a cursor or forge a line, and
// without what was signed.

/** As much as a close frame can carry. */
const MAX_LENGTH = 123;
/** A frame may have megabytes; nothing that is kept stands behind this. */
const MAX_READ_LENGTH = 10_000;
/** Anything shorter is part of ordinary words. */
const MIN_SECRET_LENGTH = 5;

/** @param secrets texts that the other side was sent and may echo */
export function printable(text: string, secrets: readonly string[] = [], maxLength = MAX_LENGTH): string {
  let clean = text.slice(0, MAX_READ_LENGTH);
  for (const secret of secrets) if (secret.length >= MIN_SECRET_LENGTH) clean = clean.replaceAll(secret, '…');
  clean = clean.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = Array.from(clean.slice(0, 2 * maxLength + 1));
  return characters.length > maxLength ? `${characters.slice(0, maxLength).join('')}…` : clean;
}
