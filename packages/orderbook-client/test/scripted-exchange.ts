// The exchange's side of a conversation, word for word, with no network and no waiting.
import { ManualRuntime } from '@trader/testkit';
import {
  createOrderbookClient,
  EVENT_TYPES,
  OrderbookClientError,
  type OpenSocket,
  type OrderbookClientOptions,
  type OrderbookEvent,
  type SocketListener,
} from '../src/index.ts';
import type { WireCommand, WireFrame, WireLevel } from '../src/wire.ts';

export const A = 'KXTEST-26NOV22-A';
export const B = 'KXTEST-26NOV22-B';

/** One socket as the exchange sees it. */
export class ScriptedSocket {
  readonly listener: SocketListener;
  readonly commands: WireCommand[] = [];
  pings = 0;
  open = true;
  reading = true;

  constructor(listener: SocketListener) {
    this.listener = listener;
  }

  send(...frames: (WireFrame | string)[]): void {
    for (const frame of frames) {
      this.listener.frame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)));
    }
  }

  /** The network cuts the connection. */
  cut(): void {
    this.open = false;
    this.listener.closed(new OrderbookClientError('DISCONNECTED', 'cut'));
  }
}

/** A client in a world of the test's own. */
export function conversation(options: Partial<OrderbookClientOptions> = {}) {
  const runtime = new ManualRuntime();
  const sockets: ScriptedSocket[] = [];
  const openSocket: OpenSocket = (_url, _headers, listener) => {
    const socket = new ScriptedSocket(listener);
    sockets.push(socket);
    return {
      send: (text) => void socket.commands.push(JSON.parse(text) as WireCommand),
      ping: () => void socket.pings++,
      pause: () => void (socket.reading = false),
      resume: () => void (socket.reading = true),
      drop: () => void (socket.open = false),
      close: () => {
        socket.open = false;
        return Promise.resolve();
      },
    };
  };
  const client = createOrderbookClient({
    url: 'ws://exchange.test/trade-api/ws/v2',
    credentials: { keyId: 'key', sign: () => 'signature' },
    markets: [A, B],
    // Audits are for the tests that are about them.
    auditIntervalMs: Infinity,
    runtime,
    openSocket,
    ...options,
  });
  const events: OrderbookEvent[] = [];
  const byType = new Map<string, OrderbookEvent[]>();
  for (const type of EVENT_TYPES) {
    const ofType: OrderbookEvent[] = [];
    byType.set(type, ofType);
    client.on(type, (event) => {
      events.push(event);
      ofType.push(event);
    });
  }
  return {
    client,
    runtime,
    sockets,
    events,
    connection: () => client.status().connections[0]!,
    of: <T extends OrderbookEvent['type']>(type: T) => [...byType.get(type)!] as Extract<OrderbookEvent, { type: T }>[],
    /** The newest socket, once the signature for it is made. */
    dial: async (): Promise<ScriptedSocket> => {
      const before = sockets.length;
      for (let turn = 0; turn < 1000; turn++) {
        if (sockets.length > before) return sockets.at(-1)!;
        await Promise.resolve();
      }
      throw new Error('the client did not dial');
    },
  };
}

/** A started client with an open socket and both books synced at seq 2. */
export async function syncedConversation(options: Partial<OrderbookClientOptions> = {}) {
  const it = conversation(options);
  const dialled = it.dial();
  it.client.start();
  const socket = await dialled;
  socket.listener.opened();
  socket.send(subscribed(1), snapshot(1, A, [['0.4000', '10.00']], [['0.5500', '5.00']]), snapshot(2, B));
  return { ...it, socket };
}

export const subscribed = (id: number, sid = 1): WireFrame => ({
  type: 'subscribed',
  id,
  msg: { channel: 'orderbook_delta', sid },
});

export const snapshot = (seq: number, market: string, yes: WireLevel[] = [], no: WireLevel[] = []): WireFrame => ({
  type: 'orderbook_snapshot',
  sid: 1,
  seq,
  msg: {
    market_ticker: market,
    market_id: '00000000-0000-4000-8000-000000000000',
    ...(yes.length > 0 && { yes_dollars_fp: yes }),
    ...(no.length > 0 && { no_dollars_fp: no }),
  },
});

export const delta = (
  seq: number,
  market: string,
  price: string,
  change: string,
  side: 'yes' | 'no' = 'yes',
): WireFrame => ({
  type: 'orderbook_delta',
  sid: 1,
  seq,
  msg: {
    market_ticker: market,
    market_id: '00000000-0000-4000-8000-000000000000',
    price_dollars: price,
    delta_fp: change,
    side,
    ts_ms: 1_800_000_000_000,
  },
});

export const snapshotRequests = (socket: ScriptedSocket) =>
  socket.commands.flatMap((command) =>
    command.cmd === 'update_subscription' && command.params.action === 'get_snapshot'
      ? [command.params.market_tickers ?? []]
      : [],
  );
