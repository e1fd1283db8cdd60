// Kalshi's addresses, and REST's place beside a WebSocket.

/** Both URLs of each exchange (docs.kalshi.com, API environments). */
export const EXCHANGES = {
  production: {
    wsUrl: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
    restUrl: 'https://external-api.kalshi.com/trade-api/v2',
  },
  demo: {
    wsUrl: 'wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2',
    restUrl: 'https://external-api.demo.kalshi.co/trade-api/v2',
  },
} as const;

/** Where REST is for a WebSocket: the same exchange's, or the same host. A query, user or password is not carried over. */
export function restBeside(wsUrl: string): string {
  const known = Object.values(EXCHANGES).find((exchange) => exchange.wsUrl === wsUrl);
  if (known) return known.restUrl;
  const { protocol, host, pathname } = new URL(wsUrl);
  return `${protocol === 'wss:' ? 'https' : 'http'}://${host}${pathname.replace(/\/ws(?=\/|$)/, '')}`;
}
