// What the other side says, for messages and logs: bounded, without characters that move a cursor or forge a line, and
// without what was signed.

/** As much as a close frame can carry. */
const MAX_LENGTH = 123;
/** Anything shorter is part of ordinary words. */
const MIN_SECRET_LENGTH = 5;

/** @param secrets texts that the other side was sent and may echo */
export function printable(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= MIN_SECRET_LENGTH) clean = clean.replaceAll(secret, '…');
  clean = clean.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = Array.from(clean);
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH).join('')}…` : clean;
}
