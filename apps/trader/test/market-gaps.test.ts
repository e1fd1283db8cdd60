// A delta whose price cannot be read, from the exchange's socket to the store: its market's book is broken there, and no other.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWebSocket, type OpenSocket } from '@trader/orderbook-client';
import { createSessionStore } from '@trader/session-store';
import { temporaryFolder } from '@trader/testkit';
import { expect, test } from 'vitest';
import { newDatabaseOn } from './databases.ts';
import { makeTape } from './make-tape.ts';
import { recordTapes } from './recording.ts';

const MARKETS = ['KXGAP-A', 'KXGAP-B', 'KXGAP-C'];
const BROKEN = 'KXGAP-B';

/** The client's own socket, on which one delta of one market has no price that could be read. */
class SpoilingSocket {
  /** The delta's number, once it has come. */
  seq: number | null = null;

  readonly open: OpenSocket = (url, headers, listener) =>
    openWebSocket(url, headers, {
      serverTime: (atMs) => listener.serverTime(atMs),
      opened: () => listener.opened(),
      frame: (bytes) => listener.frame(this.#spoil(bytes)),
      ping: () => listener.ping(),
      pong: () => listener.pong(),
      closed: (error) => listener.closed(error),
    });

  #spoil(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes).toString();
    if (this.seq !== null || !text.includes('"orderbook_delta"') || !text.includes(BROKEN)) return bytes;
    this.seq = (JSON.parse(text) as { seq: number }).seq;
    return Buffer.from(text.replace(/"price_dollars":"[^"]*"/, '"price_dollars":"a dime"'));
  }
}

test('costs the coverage of its market, and of no other', async () => {
  using folder = temporaryFolder('trader-market-gaps-');
  const tape = join(folder.path, 'tape.ndjson');
  writeFileSync(tape, makeTape(MARKETS, 300));
  const database = await newDatabaseOn('postgres');
  const socket = new SpoilingSocket();
  const { row, trader } = await recordTapes([tape], database, { openSocket: socket.open });
  expect(row.gaps).toBe(1);
  await using store = await createSessionStore(database);
  const hole = { cause: 'violation', market: BROKEN, first_seq: socket.seq, last_seq: socket.seq };
  expect(await store.query('select cause, market, first_seq, last_seq from gaps')).toEqual([hole]);
  const until = row.endedAtMs!;
  const broken = new Map<string, readonly unknown[]>();
  for (const market of MARKETS) {
    const [recorded] = await store.query('select min(received_at) as first from snapshot_frames where market = $1', [
      market,
    ]);
    const intervals = await store.coverage(market, (recorded!['first'] as Date).getTime(), until);
    broken.set(
      market,
      intervals.flatMap(({ covered, cause }) => (covered ? [] : [cause])),
    );
    // Its book has come again since.
    const book = await store.bookAt(market, until - 1);
    expect(book, market).toMatchObject({ synced: true });
    expect(book.yes, market).toEqual(levels(trader.client!.book(market)!.levels('yes')));
  }
  // Where the hole begins and the next snapshot comes within one ms, nothing of it is to be seen in time.
  const { [BROKEN]: ofBroken, ...others } = Object.fromEntries(broken);
  expect(ofBroken!.filter((cause) => cause !== 'violation')).toEqual([]);
  expect(Object.values(others)).toEqual([[], []]);
  expect(await store.verify(row.id)).toMatchObject({ ok: true });
});

const levels = (side: readonly (readonly [number, number])[]) => [...side].toSorted(([one], [other]) => one - other);
