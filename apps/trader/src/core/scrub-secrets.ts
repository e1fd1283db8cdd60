// The last gate before a line leaves the process: whatever looks like a secret is taken out of it, wherever it came from.

const RULES: readonly (readonly [RegExp, string])[] = [
  // A PEM block, as it is or as JSON writes it, also when its end is missing.
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, '[private key]'],
  // scheme://user:password@host
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']*:[^\s/@"']*@/gi, '$1***@'],
  // Headers and parameters, as JSON or as text.
  [
    /((?:KALSHI-ACCESS-SIGNATURE|authorization|password|passphrase|private_?key(?:_?pem)?)\\?["']?\s*[:=]\s*\\?["']?)(?:Bearer |Basic )?[^\s"'\\,;&}]+/gi,
    '$1***',
  ],
];

/** `text` without private keys, passwords of URLs, signatures and the like. */
export function scrubSecrets(text: string): string {
  let scrubbed = text;
  for (const [pattern, replacement] of RULES) scrubbed = scrubbed.replace(pattern, replacement);
  return scrubbed;
}
