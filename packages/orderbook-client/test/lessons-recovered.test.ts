// "Recovered" is not "right": after each kind of fault the books are those of an exchange that kept the true ones.
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { A, B } from './scripted-exchange.ts';
import { trueConversation } from './true-exchange.ts';

type Conversation = Awaited<ReturnType<typeof trueConversation>>;

/** What goes wrong, and how the client names it. */
const FAULTS: Readonly<Record<string, readonly [fault: (it: Conversation) => Promise<void> | void, code: string]>> = {
  'a lost frame': [
    ({ exchange }) => {
      exchange.lose();
      for (let i = 0; i < 20; i++) exchange.move();
    },
    'gap',
  ],
  'a lost frame whose repair is lost too': [
    async ({ exchange, pass }) => {
      exchange.lose();
      exchange.deaf = true;
      for (let i = 0; i < 15; i++) {
        exchange.move();
        await pass(1000);
      }
      exchange.deaf = false;
    },
    'NO_ANSWER',
  ],
  'a cut': [
    ({ exchange }) => {
      exchange.socket!.cut();
      for (let i = 0; i < 5; i++) exchange.move();
    },
    'disconnected',
  ],
  'a cut right after a lost frame': [
    ({ exchange }) => {
      exchange.lose();
      exchange.socket!.cut();
    },
    'DISCONNECTED',
  ],
  'a frame that cannot be read': [({ exchange }) => exchange.garble(), 'PROTOCOL_VIOLATION'],
  'a level below zero': [({ exchange }) => exchange.breach(), 'desync'],
  'a subscription ended by error 10': [({ exchange }) => exchange.end(10), 'SUBSCRIPTION_LOST'],
  'a subscription ended by error 25': [({ exchange }) => exchange.end(25), 'SUBSCRIPTION_LOST'],
  'numbers that start again': [
    ({ exchange }) => {
      for (let i = 0; i < 5; i++) exchange.move();
      exchange.restart();
      for (let i = 0; i < 5; i++) exchange.move();
    },
    'SEQUENCE_RESET',
  ],
  'pongs that stop': [
    async ({ exchange, pass, of }) => {
      for (let waited = 0; waited < 30 && of('problem').length === 0; waited++) {
        exchange.move();
        await pass(1000, { pongs: false });
      }
    },
    'PONG_TIMEOUT',
  ],
  'an audit that nobody answers': [
    async ({ exchange, pass, client }) => {
      exchange.deaf = true;
      for (let waited = 0; waited < 120 && client.status().synced === 2; waited++) await pass(500);
      exchange.deaf = false;
    },
    'unanswered',
  ],
};

const moves = (exchange: Conversation['exchange'], count: number, check: () => void): void => {
  for (let i = 0; i < count; i++) {
    exchange.move();
    check();
  }
};

describe('lesson 12: recovered is not right', () => {
  test.each(Object.entries(FAULTS))(
    'after %s every book is the exchange’s, level by level',
    async (_name, [fault, code]) => {
      const it = await trueConversation(1, { auditIntervalMs: 10_000 });
      moves(it.exchange, 50, it.expectRight);
      await fault(it);
      it.expectRight();
      const named = [
        ...it.of('problem').map(({ error }) => error.code),
        ...it.of('gap').map(({ type }) => type),
        ...it.of('stale').map(({ reason }) => reason),
      ];
      expect(named).toContain(code);
      await it.heal();
      moves(it.exchange, 50, it.expectRight);
      await it.heal();
      for (const market of [A, B]) {
        expect(it.client.book(market)).toMatchObject({ synced: true });
        expect(it.client.book(market)!.levels('yes')).toEqual(it.exchange.levels(market, 'yes'));
        expect(it.client.book(market)!.levels('no')).toEqual(it.exchange.levels(market, 'no'));
      }
    },
  );

  test('a wrong book that breaks no rule is found by an audit, reported and replaced', async () => {
    const it = await trueConversation(2, { auditIntervalMs: 10_000 });
    moves(it.exchange, 20, it.expectRight);
    it.exchange.lie();
    for (let waited = 0; waited < 120 && it.of('problem').length === 0; waited++) await it.pass(500);
    expect(it.of('problem').map(({ error }) => error.code)).toEqual(['BOOK_DESYNCED']);
    it.expectRight();
    expect(it.client.status()).toMatchObject({ phase: 'live', synced: 2, epoch: 1 });
  });

  test('no mixture of faults ends with a book that is synced and wrong, or with one that stays stale', async () => {
    const kinds = fc.constantFrom(...Object.values(FAULTS).map(([fault]) => fault));
    const script = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), kinds), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), script, async (seed, faults) => {
        const it = await trueConversation(seed, { auditIntervalMs: 10_000 });
        for (const [count, fault] of faults) {
          moves(it.exchange, count, it.expectRight);
          await fault(it);
          it.expectRight();
          await it.pass(200);
        }
        await it.heal();
        // A frame lost at the very end shows when the next one comes.
        moves(it.exchange, 10, it.expectRight);
        await it.heal();
        it.expectRight();
        await it.client.close();
        expect(it.runtime.armedTimers).toBe(0);
      }),
      { numRuns: 100, seed: 12 },
    );
  });
});
