// What can be asked of a running exchange and switched on it over HTTP: a line for each thing, the same as a program has
// in `exchange.control` and around it, under the same names. Prices are in 1/10,000 dollar, sizes in 1/100 contract.
import { parseFaultScript } from '../core/faults/fault-script.ts';
import type { BookLevels } from '../core/market/book.ts';
import type { ExchangeTotals } from '../core/totals.ts';
import { checkedValues, numberFrom, required } from '../core/value-rules.ts';
import type { FaultControl } from './fault-control.ts';
import type { ExchangeMarkets, ExchangeOrders } from './market-control.ts';

/** The exchange, as far as it is asked and switched. */
export interface ControlTarget {
  readonly faults: FaultControl;
  readonly markets: ExchangeMarkets;
  readonly orders: ExchangeOrders;
  tickers(): readonly string[];
  book(ticker: string): BookLevels | undefined;
  totals(): ExchangeTotals;
  tradingActive(): boolean;
  play(): void;
  /** @returns how many there were */
  dropConnections(): number;
}

export interface ControlReply {
  readonly status: number;
  readonly body: object;
  /** The exchange is to be closed when this has been sent. */
  readonly closes?: true;
}

interface Question {
  /** What stands in the place of `*`. */
  readonly name: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

interface ControlRoute {
  readonly method: string;
  /** Below `/control/`; `*` stands for a name. */
  readonly path: string;
  readonly answer: (target: ControlTarget, question: Question) => ControlReply;
}

const ok = (body: object): ControlReply => ({ status: 200, body });

export const refused = (status: number, code: string, message: string, more: object = {}): ControlReply => ({
  status,
  body: { error: { code, message, ...more } },
});

const to = (request: string, answer: ControlRoute['answer']): ControlRoute => {
  const [method = '', path = ''] = request.split(' ');
  return { method, path, answer };
};

export const controlRoutes: readonly ControlRoute[] = [
  to('GET ', () =>
    ok({ requests: controlRoutes.map(({ method, path }) => ({ request: `${method} /control/${path}` })) }),
  ),
  to('GET totals', (target) => ok({ totals: target.totals() })),
  to('GET markets', (target) => ok({ markets: target.tickers() })),
  to('GET markets/*/book', (target, { name }) => {
    const book = target.book(name);
    return book ? ok({ book }) : noMarket(name);
  }),
  to('POST markets/*/pause', ({ markets }, { name }) => (markets.pause(name) ? ok({ paused: true }) : noMarket(name))),
  to('POST markets/*/resume', ({ markets }, { name }) =>
    markets.resume(name) ? ok({ resumed: true }) : noMarket(name),
  ),
  to('POST markets/*/close', ({ markets }, { name }) => (markets.close(name) ? ok({ closed: true }) : noMarket(name))),
  to('POST roll-markets', ({ markets }, { body }) => {
    return ok({ rolled: markets.roll(objectIn(body)) });
  }),
  to('POST market-lifetime', ({ markets }, { body }) => {
    const { ms } = checkedValues({ ms: required(numberFrom(0, 0, Infinity)) }, objectIn(body), 'the body');
    return ok({ changed: markets.setLifetime(ms) });
  }),
  to('POST pause-trading', (target) => {
    target.markets.pauseTrading();
    return ok({ tradingActive: target.tradingActive() });
  }),
  to('POST resume-trading', (target) => {
    target.markets.resumeTrading();
    return ok({ tradingActive: target.tradingActive() });
  }),
  to('POST orders', ({ orders }, { body }) => {
    const placement = orders.place(objectIn(body) as unknown as Parameters<ExchangeOrders['place']>[0]);
    if (placement.outcome === 'placed') return { status: 201, body: { order: placement.order } };
    return refused(409, placement.reason, `the order was not taken: ${placement.reason}`);
  }),
  to('DELETE orders/*', ({ orders }, { name, query }) => {
    const { size, keyId } = Object.fromEntries(query) as Record<string, string | undefined>;
    const canceled = orders.cancel(name, {
      ...(size !== undefined && { size: Number(size) }),
      ...(keyId !== undefined && { keyId }),
    });
    return canceled > 0 ? ok({ canceled }) : refused(404, 'not_found', `no order ${JSON.stringify(name)} rests`);
  }),
  to('POST order-groups', ({ orders }, { body }) => {
    const { event, orderGroupId, ...how } = objectIn(body);
    // What is wrong with them, the exchange says.
    const changed = orders.group(event as 'created', orderGroupId as string, how);
    return changed ? ok({ changed }) : refused(404, 'not_found', `no order group ${JSON.stringify(orderGroupId)}`);
  }),
  to('GET faults', ({ faults }) => ok({ faults: faults.list() })),
  to('POST faults', ({ faults }, { body }) => ({
    status: 201,
    body: { ids: faults.addAll(parseFaultScript(body, 'body')) },
  })),
  to('DELETE faults', ({ faults }) => ok({ removed: faults.clear() })),
  to('DELETE faults/*', ({ faults }, { name }) =>
    faults.remove(name) ? ok({ removed: 1 }) : refused(404, 'not_found', `no fault ${JSON.stringify(name)}`),
  ),
  to('POST drop-connections', (target) => ok({ dropped: target.dropConnections() })),
  to('POST play', (target) => {
    target.play();
    return ok({ playing: true });
  }),
  to('POST close', () => ({ ...ok({ closing: true }), closes: true })),
];

const noMarket = (ticker: string): ControlReply =>
  refused(404, 'not_found', `no open generated market ${JSON.stringify(ticker)}`);

/** JSON has no number without an end: the text `Infinity` is one. An empty body is an object without fields. */
function objectIn(body: string): Record<string, unknown> {
  if (body.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(body, (_, item: unknown) => (item === 'Infinity' ? Infinity : item));
  } catch {
    throw new TypeError('the body must be JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('the body must be an object');
  }
  return value as Record<string, unknown>;
}
