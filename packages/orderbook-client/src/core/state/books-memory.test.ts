// Markets come and go for weeks, and what is gone is let go: also where nobody audits, and where a reader stopped half way.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createOrderbookClient } from '../../index.ts';
import { Books } from './books.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What a reference is to is kept until the job in which it was made, or read, is over. */
const nextJob = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const GENERATIONS = 20;
const names = (generation: number): string[] => Array.from({ length: 500 }, (_, index) => `KX-${generation}-${index}`);

/** Of each generation the first book, after all of them have come and gone. */
async function gone(comeAndGo: (markets: readonly string[]) => object): Promise<WeakRef<object>[]> {
  const references: WeakRef<object>[] = [];
  for (let generation = 0; generation < GENERATIONS; generation++) {
    references.push(new WeakRef(comeAndGo(names(generation))));
    await nextJob();
  }
  collect();
  await nextJob();
  collect();
  return references.filter((reference) => reference.deref() !== undefined);
}

function addAndRemove(books: Books, markets: readonly string[]): object {
  for (const market of markets) books.add(market);
  const first = books.get(markets[0]!)!;
  for (const market of markets) books.remove(market);
  return first;
}

test('books that came and went are let go where nobody asks for the next one', async () => {
  const books = new Books(['KXSTAYS']);
  expect(await gone((markets) => addAndRemove(books, markets))).toEqual([]);
  expect(books.size).toBe(1);
});

test('books that came and went are let go between two audits and two looks at silences', async () => {
  const books = new Books(['KXSTAYS', 'KXSTAYS-TOO']);
  const comeAndGo = (markets: readonly string[]): object => {
    books.nextSynced();
    books.unusuallySilent(0);
    return addAndRemove(books, markets);
  };
  expect(await gone(comeAndGo)).toEqual([]);
});

test('books that came and went are let go whoever still holds what books() returned before', async () => {
  const client = createOrderbookClient({
    url: 'ws://exchange.test',
    credentials: { keyId: 'key', sign: () => 'signature' },
    markets: ['KXSTAYS', 'KXSTAYS-TOO'],
  });
  const halfRead = client.books();
  halfRead.next();
  const comeAndGo = (markets: readonly string[]): object => {
    client.addMarkets(markets);
    const book = client.book(markets[0]!)!;
    client.removeMarkets(markets);
    return book;
  };
  expect(await gone(comeAndGo)).toEqual([]);
  expect(halfRead.next().value).toMatchObject({ market: 'KXSTAYS-TOO' });
});

test('the rounds go on in the order of adding while markets come and go', () => {
  const markets = Array.from({ length: 100 }, (_, index) => `KX-${index}`);
  const books = new Books(markets);
  const sync = (market: string): void => {
    const book = books.get(market)!;
    books.replace(book, { yes: [], no: [] }, null, 0);
  };
  for (const market of markets) sync(market);
  const asked = (times: number): (string | undefined)[] => Array.from({ length: times }, () => books.nextSynced());
  expect(asked(40)).toEqual(markets.slice(0, 40));
  // Behind the turn, at it and before it.
  for (const market of [...markets.slice(0, 30), 'KX-40', ...markets.slice(50, 90)]) books.remove(market);
  books.add('KX-NEW');
  sync('KX-NEW');
  const rest = [...markets.slice(41, 50), ...markets.slice(90), 'KX-NEW'];
  expect(asked(rest.length)).toEqual(rest);
  expect(asked(3)).toEqual(markets.slice(30, 33));
  for (const market of books.markets()) books.remove(market);
  expect(asked(2)).toEqual([undefined, undefined]);
});
