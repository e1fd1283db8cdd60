// What a caller hands in and what it does then: nothing of it ends the process, and nothing is lost in silence.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ManualRuntime } from '@trader/testkit';
import { OrderbookClientError, type OpenSocket, type Runtime } from '../src/index.ts';
import { A, conversation, delta, snapshot, subscribed, syncedConversation } from './scripted-exchange.ts';

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

/** What is on the console. A rejection that nobody handles fails the run by itself. */
let printed: unknown[][];

beforeEach(() => {
  printed = [];
  vi.spyOn(console, 'error').mockImplementation((...text) => void printed.push(text));
});

/** A client whose credentials or socket are odd, after its first try. */
async function tried(options: Parameters<typeof conversation>[0]) {
  const it = conversation(options);
  it.client.start();
  await turns();
  return { ...it, error: it.of('problem')[0]?.error };
}

describe('a signer', () => {
  test.each([
    ['a line feed', 'c2lnbmF0dXJl\n'],
    ['a header of its own', 'c2ln\r\nX-Other: 1'],
    ['other letters', 'sigñature→'],
    ['no text', undefined],
    ['bytes', Buffer.from('signature')],
  ])('that returns %s fails, and is asked again', async (_name, signature) => {
    const { error, client, runtime, sockets } = await tried({
      credentials: { keyId: 'key', sign: () => signature as string },
    });
    expect(error?.code).toBe('SIGNER_FAILED');
    expect(error?.message).not.toContain('X-Other');
    expect(client.status().phase).toBe('waiting');
    expect(runtime.armedTimers).toBe(1);
    expect(sockets).toHaveLength(0);
    await client.close();
  });

  test('whose key id changes into what no header takes fails', async () => {
    const signer = { keyId: 'key', sign: () => 'signature' };
    const it = conversation({ credentials: signer });
    signer.keyId = 'secret\n';
    it.client.start();
    await turns();
    const { error } = it.of('problem')[0]!;
    expect(error.code).toBe('SIGNER_FAILED');
    expect(error.message).not.toContain('secret');
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('mine');
      },
    ],
    ['rejects', () => Promise.reject(new Error('mine'))],
    ['rejects with nothing', () => Promise.reject(undefined as unknown as Error)],
  ])('that %s is a SIGNER_FAILED', async (_name, sign) => {
    const { error } = await tried({ credentials: { keyId: 'key', sign } });
    expect(error?.code).toBe('SIGNER_FAILED');
  });
});

describe('openSocket', () => {
  const refusing: Record<string, () => unknown> = {
    throws: () => {
      throw new SyntaxError('mine');
    },
    rejects: () => Promise.reject(new Error('mine')),
    'returns nothing': () => undefined,
    'returns half a socket': () => ({ send: () => undefined }),
  };
  test.each(Object.keys(refusing))('that %s is a failed connection, which is tried again', async (how) => {
    let calls = 0;
    const openSocket = (() => {
      calls++;
      return refusing[how]!();
    }) as OpenSocket;
    const { error, client, runtime } = await tried({ openSocket });
    expect(error?.code).toBe('CONNECT_FAILED');
    expect(client.status().phase).toBe('waiting');
    runtime.advance(60_000);
    await turns();
    expect(calls).toBe(2);
    await client.close();
    expect(runtime.armedTimers).toBe(0);
  });

  const socketOf = (sent: string[], overrides: object = {}) => ({
    send: (text: string) => void sent.push(text),
    ping: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    drop: () => undefined,
    close: () => Promise.resolve(),
    ...overrides,
  });

  test('may say that it is open, and more, before it returns', async () => {
    const sent: string[] = [];
    const { client } = await tried({
      markets: [A],
      openSocket: (_url, _headers, listener) => {
        listener.opened();
        for (const frame of [subscribed(1), snapshot(1, A)]) listener.frame(Buffer.from(JSON.stringify(frame)));
        return socketOf(sent);
      },
    });
    expect(sent).toHaveLength(1);
    expect(client.book(A)?.synced).toBe(true);
    await client.close();
  });

  test('may return a promise, and one that comes too late is dropped', async () => {
    const sent: string[] = [];
    const dropped = vi.fn<() => void>();
    const { promise, resolve } = Promise.withResolvers<ReturnType<typeof socketOf>>();
    const { client } = await tried({ openSocket: (() => promise) as unknown as OpenSocket });
    await client.close();
    resolve(socketOf(sent, { drop: dropped }));
    await turns();
    expect(dropped).toHaveBeenCalledOnce();
  });

  test.each(['send', 'ping', 'pause', 'drop'] as const)(
    'whose %s throws costs that connection and no more',
    async (method) => {
      const { client, runtime, of } = conversation({
        openSocket: (_url, _headers, listener) => {
          queueMicrotask(() => listener.opened());
          return socketOf([], {
            [method]: () => {
              throw new Error('mine');
            },
          });
        },
      });
      client.start();
      await turns();
      client.pause();
      client.resume();
      runtime.advance(40_000);
      client.reconnect('test');
      await turns();
      expect(of('problem').map(({ error }) => error.message)).toContainEqual(expect.stringContaining(`${method}()`));
      expect(client.status().phase).not.toBe('closed');
      await client.close();
      expect(client.status().phase).toBe('closed');
    },
  );

  test('may hand over frames as text or in any kind of buffer, and what is no frame ends it', async () => {
    const { socket, client, of } = await syncedConversation();
    const give = (seq: number, wrap: (text: string) => unknown): void =>
      socket.listener.frame(wrap(JSON.stringify(delta(seq, A, '0.4000', '1.00'))) as Uint8Array);
    const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
    give(3, (text) => text);
    give(4, (text) => bytes(text).buffer);
    give(5, (text) => new DataView(bytes(`xx${text}`).buffer, 2));
    give(6, bytes);
    expect(client.status().counters).toMatchObject({ deltas: 4, violations: 0, gaps: 0 });
    give(7, () => undefined);
    expect(of('problem').at(-1)?.error).toMatchObject({ code: 'DISCONNECTED' });
    expect(client.status().phase).toBe('waiting');
    await client.close();
  });

  test('whose close never ends does not keep the client from being closed', async () => {
    const dropped = vi.fn<() => void>();
    const it = conversation({
      openSocket: (_url, _headers, listener) => {
        queueMicrotask(() => listener.opened());
        return socketOf([], { close: () => new Promise(() => undefined), drop: dropped });
      },
    });
    it.client.start();
    await turns();
    const closing = it.client.close();
    it.runtime.advance(60_000);
    await closing;
    expect(dropped).toHaveBeenCalledOnce();
    expect(it.of('problem').at(-1)?.error.message).toMatch(/close\(\)/);
    expect(it.runtime.armedTimers).toBe(0);
  });

  test('whose close rejects is closed all the same, and that is told', async () => {
    const it = conversation({
      openSocket: (_url, _headers, listener) => {
        queueMicrotask(() => listener.opened());
        return socketOf([], { close: () => Promise.reject(new Error('mine')) });
      },
    });
    it.client.start();
    await turns();
    await it.client.close();
    expect(it.of('problem').at(-1)?.error).toMatchObject({ code: 'DISCONNECTED', cause: new Error('mine') });
  });

  test.each([undefined, new Error('mine'), 'gone'])('may say that it was closed because of %s', async (reason) => {
    const { socket, of, client } = await syncedConversation();
    socket.listener.closed(reason as unknown as OrderbookClientError);
    expect(of('problem').at(-1)?.error.code).toBe('DISCONNECTED');
    expect(client.status().phase).toBe('waiting');
  });
});

describe('a runtime', () => {
  const broken = (overrides: Partial<Runtime>) => {
    const runtime = new ManualRuntime();
    const { nowMs, monotonicMs, setTimer, random } = runtime;
    return { nowMs, monotonicMs, setTimer, random, ...overrides };
  };
  const boom = (): never => {
    throw new Error('mine');
  };

  test.each([
    ['nowMs', { nowMs: boom }],
    ['nowMs', { nowMs: () => Number.NaN }],
    ['monotonicMs', { monotonicMs: boom }],
    ['monotonicMs', { monotonicMs: () => undefined as unknown as number }],
    ['random', { random: boom }],
    ['random', { random: () => 7 }],
    ['setTimer', { setTimer: boom }],
  ])('whose %s fails is told of once, and does not stop the feed', async (name, overrides) => {
    const { client, of, socket } = await syncedConversation({ runtime: broken(overrides), auditIntervalMs: 10_000 });
    socket.send(delta(3, A, '0.4000', '1.00'), delta(4, A, '0.4000', '1.00'));
    socket.cut();
    expect(client.status().counters.deltas).toBe(2);
    const told = of('problem').filter(({ error }) => error.code === 'RUNTIME_FAILED');
    expect(told).toHaveLength(1);
    expect(told[0]!.error.message).toContain(`runtime.${name}()`);
    await client.close();
  });
});

describe('a listener', () => {
  test('whose promise rejects is counted and told as one that throws', async () => {
    const { client, socket, of } = await syncedConversation();
    client.on('delta', async () => {
      await Promise.resolve();
      throw new Error('mine');
    });
    socket.send(delta(3, A, '0.4000', '1.00'));
    await turns();
    expect(client.status().listenerFailures).toBe(1);
    expect(of('problem').at(-1)?.error).toMatchObject({ code: 'LISTENER_FAILED', cause: new Error('mine') });
  });

  const failing = {
    throws: () => {
      throw new Error('mine');
    },
    rejects: () => Promise.reject(new Error('mine')),
  };
  test.each(Object.keys(failing) as (keyof typeof failing)[])(
    'of problems that %s is told to the others, and once each when there are two',
    async (how) => {
      const { client, socket, of } = await syncedConversation();
      client.on('problem', failing[how]);
      client.on('problem', failing[how]);
      socket.cut();
      await turns();
      // Each fails at the cut, and at the failure of the other.
      expect(client.status().listenerFailures).toBe(4);
      const codes = of('problem').map(({ error }) => error.code);
      expect(codes).toEqual(['DISCONNECTED', ...Array.from({ length: 4 }, () => 'LISTENER_FAILED')]);
      await client.close();
    },
  );

  test('of problems that fails where nobody else listens is printed once', async () => {
    const { client, exchangeFails } = await alone();
    client.on('problem', failing.throws);
    for (let times = 0; times < 3; times++) exchangeFails();
    expect(printed).toHaveLength(1);
    expect(printed[0]![0]).toMatch(/LISTENER_FAILED/);
    expect(client.status().listenerFailures).toBe(3);
  });
});

/** A client to which nobody listens. */
async function alone() {
  const { createOrderbookClient } = await import('../src/index.ts');
  const runtime = new ManualRuntime();
  let listener: Parameters<OpenSocket>[2] | undefined;
  const client = createOrderbookClient({
    url: 'ws://exchange.test',
    credentials: { keyId: 'secret-key-id', sign: () => 'secret-signature' },
    markets: [A],
    runtime,
    openSocket: (_url, _headers, given) => {
      listener = given;
      return {
        send: () => undefined,
        ping: () => undefined,
        pause: () => undefined,
        resume: () => undefined,
        drop: () => undefined,
        close: () => Promise.resolve(),
      };
    },
  });
  client.start();
  await turns();
  const refuse = async (code: 'AUTH_REJECTED' | 'CONNECT_FAILED'): Promise<void> => {
    listener!.closed(new OrderbookClientError(code, 'The exchange refused the connection with HTTP 401.'));
    runtime.advance(60_000);
    await turns();
  };
  listener!.opened();
  const exchangeFails = (): void => listener!.frame(Buffer.from('{}'));
  return { client, refuse, exchangeFails };
}

describe('a key that is rejected', () => {
  test('is printed once where nobody listens to problems', async () => {
    const { client, refuse } = await alone();
    for (let times = 0; times < 4; times++) await refuse('AUTH_REJECTED');
    expect(printed).toHaveLength(1);
    expect(printed[0]![0]).toMatch(/AUTH_REJECTED.*HTTP 401/);
    expect(printed[0]![0]).not.toMatch(/secret/);
    await client.close();
  });

  test('is not printed where somebody does, and a lost connection never is', async () => {
    const { client, refuse } = await alone();
    await refuse('CONNECT_FAILED');
    client.on('problem', () => undefined);
    await refuse('AUTH_REJECTED');
    expect(printed).toEqual([]);
    await client.close();
  });

  test('is printed where somebody only waits for other things', async () => {
    const { client, refuse } = await alone();
    const codeOf = (error: unknown): string => (error as OrderbookClientError).code;
    const books = client.whenSynced().catch(codeOf);
    const trade = client.waitFor(({ type }) => type === 'trade').catch(codeOf);
    await refuse('AUTH_REJECTED');
    expect(await books).toBe('AUTH_REJECTED');
    expect(printed).toHaveLength(1);
    await client.close();
    expect(await trade).toBe('CLOSED');
  });

  test('ends the waiting for books, before and after it is known', async () => {
    const { client, refuse } = await alone();
    client.on('problem', () => undefined);
    const waiting = client.whenSynced();
    void refuse('AUTH_REJECTED');
    await expect(waiting).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
    await turns();
    const later = conversation();
    later.client.start();
    const socket = await later.dial();
    socket.listener.closed(new OrderbookClientError('ACCESS_DENIED', 'no'));
    await expect(later.client.whenSynced([A])).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    await client.close();
  });
});

describe('books that do not come', () => {
  test('are named, and the last problem is the cause', async () => {
    const markets = Array.from({ length: 8 }, (_, index) => `KX-${index}`);
    const { client, runtime, of, dial } = conversation({ markets });
    client.start();
    const socket = await dial();
    socket.listener.opened();
    socket.send(subscribed(1), snapshot(1, 'KX-0'));
    const late = client.whenSynced({ timeoutMs: 500 });
    const some = client.whenSynced(['KX-0', 'KX-7'], { timeoutMs: 500 });
    socket.cut();
    runtime.advance(500);
    const error = await late.catch((thrown: unknown) => thrown as OrderbookClientError);
    expect(error).toMatchObject({ code: 'NOT_SYNCED', cause: of('problem')[0]!.error });
    expect((error as Error).message).toMatch(
      /^8 of 8 books were not synced within 500 ms: KX-0 \(disconnected\), KX-1 \(no-snapshot-yet\),.* and 3 more\. .*DISCONNECTED/,
    );
    await expect(some).rejects.toThrow(/^2 of 2 books .*KX-7/);
    await client.close();
  });
});

test('what the exchange says in an error is printable and bounded in the message', async () => {
  const { socket, of } = await syncedConversation();
  const said = `a\r\nforged: line\u001B[31m${'x'.repeat(100_000)}`;
  socket.send(JSON.stringify({ type: 'error', id: 77, msg: { code: 5, msg: said } }));
  const { error } = of('problem').at(-1)!;
  expect(error.code).toBe('COMMAND_REJECTED');
  expect(error.message).toContain('a forged: line [31mxxx');
  expect(error.message.length).toBeLessThanOrEqual(1001);
});
