import { expect, test } from 'vitest';
import type { Engine, Run } from '../../database/engines/engine.ts';
import { render } from '../../database/engines/engine.ts';
import { MarketIds } from './market-ids.ts';

/** A database that numbers markets in the order in which it is asked for them, when it is told to answer. */
function numbering() {
  const ids = new Map<string, number>();
  const answers: (() => void)[] = [];
  const run: Run = async (query) => {
    const { text, parameters } = render(query);
    const names = JSON.parse(String(parameters[0]).replace(/^\{/, '[').replace(/\}$/, ']')) as string[];
    for (const name of names) if (!ids.has(name)) ids.set(name, ids.size + 1);
    return text.includes('select id, ticker') ? names.map((ticker) => ({ id: ids.get(ticker), ticker })) : [];
  };
  const engine = {
    transact: async (work: (run: Run) => Promise<unknown>) => {
      await new Promise<void>((resolve) => answers.push(resolve));
      return work(run);
    },
  } as unknown as Engine;
  return { markets: new MarketIds(engine), answer: () => answers.shift()!(), asked: () => answers.length, ids };
}

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `"${prefix}${index}"`);

test('a batch may have more new markets than are remembered', async () => {
  const { markets, answer, ids } = numbering();
  const tickers = names('M', 100_001).map((name) => JSON.parse(name) as string);
  const numbers = markets.of(tickers);
  answer();
  expect(await numbers).toEqual(tickers.map((ticker) => ids.get(ticker)));
  // And they are known from then on.
  expect(await markets.of(tickers.slice(0, 3))).toEqual([1, 2, 3].map((_, index) => ids.get(tickers[index]!)));
});

test('what another batch makes be forgotten meanwhile has its number all the same', async () => {
  const { markets, answer, ids } = numbering();
  const known = markets.of(['A']);
  answer();
  await known;
  const mine = markets.of(['A', 'B']);
  const many = markets.of(names('M', 100_000).map((name) => JSON.parse(name) as string));
  const [first, second] = [mine, many];
  answer();
  answer();
  await second;
  expect(await first).toEqual([ids.get('A'), ids.get('B')]);
});

test('what is forgotten is asked for again: on demand, and beyond what is remembered', async () => {
  const { markets, answer, asked, ids } = numbering();
  const ask = async (...tickers: string[]) => {
    const numbers = markets.of(tickers);
    const asks = asked();
    if (asks > 0) answer();
    return { asks, numbers: await numbers };
  };
  expect(await ask('A', 'B')).toEqual({ asks: 1, numbers: [1, 2] });
  expect(await ask('B', 'A')).toEqual({ asks: 0, numbers: [2, 1] });
  markets.forget();
  ids.clear();
  ids.set('Z', 1);
  expect(await ask('A', 'B')).toEqual({ asks: 1, numbers: [2, 3] });
  // As many as are remembered, with the two.
  const many = names('M', 99_998).map((name) => JSON.parse(name) as string);
  await ask(...many);
  expect(await ask('A')).toMatchObject({ asks: 0 });
  await ask('one more');
  expect(await ask('A')).toMatchObject({ asks: 1 });
});
