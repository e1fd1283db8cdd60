import { expect, test } from 'vitest';
import { AskError, createAsk } from './ask.ts';

const refusal = (status: number, code: string): Response =>
  Response.json({ error: { code, message: `It says ${code}.` } }, { status });

/** A trader that gives these answers, one after the other, and what was waited between them. */
function asking(answers: readonly (() => Response)[]) {
  const left = [...answers];
  const waitedMs: number[] = [];
  const network = async (): Promise<Response> => left.shift()!();
  const ask = createAsk(
    () => null,
    network,
    async (ms) => void waitedMs.push(ms),
  );
  return { ask, waitedMs, left };
}

const busy = () => refusal(429, 'TOO_MANY_REQUESTS');

test('a question is asked again while the trader answers others', async () => {
  const { ask, waitedMs } = asking([busy, busy, () => Response.json({ books: 3 })]);
  expect(await ask('/coverage')).toEqual({ books: 3 });
  expect(waitedMs).toEqual([250, 500]);
});

test('a trader that answers nothing but others is told of in the end', async () => {
  const { ask, left } = asking(Array.from({ length: 6 }, () => busy));
  await expect(ask('/coverage')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  expect(left).toEqual([]);
});

test('any other refusal is an error at once, with the words of the trader', async () => {
  const { ask, waitedMs } = asking([() => refusal(503, 'STORE_UNAVAILABLE')]);
  await expect(ask('/sessions')).rejects.toEqual(new AskError('STORE_UNAVAILABLE', 'It says STORE_UNAVAILABLE.'));
  expect(waitedMs).toEqual([]);
});

test('an answer that is none is an error', async () => {
  await expect(asking([() => new Response('<html>')]).ask('/status')).rejects.toMatchObject({
    code: 'ANSWER_UNREADABLE',
  });
  const { ask } = asking([
    () => {
      throw new TypeError('fetch failed');
    },
  ]);
  await expect(ask('/status')).rejects.toMatchObject({ code: 'NO_CONTACT' });
});
