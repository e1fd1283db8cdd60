import type { RecordingSession } from '@trader/session-store';
import { expect, test } from 'vitest';
import { shutDown, type TraderParts } from './shut-down.ts';

test('a feed that does not close in an orderly way keeps the session from nothing: it ends, and the store is closed', async () => {
  const done: string[] = [];
  const parts = {
    feed: {
      close: async () => {
        throw new Error('the socket is stuck');
      },
      detach: () => ({ id: 's1' }) as RecordingSession,
    },
    health: { close: () => void done.push('health') },
    keeper: {
      stopTrying: () => undefined,
      failure: undefined,
      close: async ({ id }: RecordingSession) => void done.push(`session ${id}`),
      idle: async () => undefined,
      closeStore: async () => void done.push('store'),
    },
    server: () => ({ close: async () => void done.push('server') }),
  } as unknown as TraderParts;
  const terms = { reason: 'SIGTERM', drainMs: 1_000, timeUp: new Promise<never>(() => undefined) };
  await expect(shutDown(parts, terms)).rejects.toThrow('the socket is stuck');
  expect(done).toEqual(['session s1', 'store', 'health', 'server']);
});
