// The token, where the trader wants one. It is kept for this tab alone, and never stands in an address.

const STORED_AS = 'token';

export const storedToken = (): string | null => sessionStorage.getItem(STORED_AS);

export const storeToken = (token: string): void => sessionStorage.setItem(STORED_AS, token);

/** How a socket carries it: a browser can set no header there. */
export function tokenProtocol(token: string): string {
  const bytes = new TextEncoder().encode(token);
  const base64 = btoa(String.fromCharCode(...bytes));
  return `bearer.${base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}
