// The address of an exchange or a page, for people: what is in front of its host, and behind its ?, may be a secret.

/** Without user, password and query; as it is where there are none. */
export function shownAddress(address: string): string {
  if (!/[@?#]/.test(address)) return address;
  if (!URL.canParse(address)) return 'no URL';
  const { protocol, host, pathname, search } = new URL(address);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}

/** What {@link shownAddress} leaves out. */
export function secretsOfAddress(address: string): readonly string[] {
  if (!URL.canParse(address)) return [];
  const { username, password, searchParams } = new URL(address);
  return [username, password].flatMap((part) => [part, decoded(part)]).concat([...searchParams.values()]);
}

/** As it is where it cannot be decoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
