// The last gate before a line leaves the process: whatever looks like a secret is taken out of it, wherever it came from, and
// so is what is known to be one.

const NAMES = 'KALSHI-ACCESS-SIGNATURE|authorization|password|passphrase|private_?key(?:_?pem)?';

const RULES: readonly (readonly [RegExp, string])[] = [
  // A PEM block, as it is or as JSON writes it, also when its end is missing.
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, '[private key]'],
  // scheme://user:password@host; a password may hold a / or an @ that should have been encoded.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s"'\\<>]*@/gi, '$1***@'],
  // Parameters of a URL.
  [/([?&;][\w.-]*(?:token|secret|passw(?:or)?d|pwd|key|sig|auth|credential)[\w.-]*=)[^\s&"'\\;<>]+/gi, '$1***'],
  // Headers and parameters, as JSON or as text.
  [new RegExp(String.raw`((?:${NAMES})\\?["']?\s*[:=]\s*\\?["']?)(?:Bearer |Basic )?[^\s"'\\,;&}]+`, 'gi'), '$1***'],
];

/**
 * `text` without private keys, passwords of URLs, signatures and the like.
 *
 * @param known what is to be taken out wherever it stands
 */
export function scrubSecrets(text: string, known: Iterable<string> = []): string {
  let scrubbed = text;
  for (const secret of known) scrubbed = scrubbed.replaceAll(secret, '***');
  for (const [pattern, replacement] of RULES) scrubbed = scrubbed.replace(pattern, replacement);
  return scrubbed;
}

/** As plain text, in a URL, in JSON and in base64, the longest first: what one spelling leaves of another would tell it. */
export const spellingsOf = (secret: string): readonly string[] =>
  [
    ...new Set([
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
    ]),
  ].toSorted((one, other) => other.length - one.length);
