import { createSessionStore, type SessionStoreOptions } from '../src/index.ts';
import { listen } from './listen.ts';

/** Opens a store on the spool until nothing is left in it. */
export async function finishRecovery(options: SessionStoreOptions): Promise<void> {
  const said: string[] = [];
  const store = await createSessionStore({
    ...options,
    on: listen({
      onStatus: (status) => said.push(status.state === 'failing' ? status.error.message : status.state),
      onRecovery: ({ session, outcome }) => said.push(`${session} ${outcome}`),
    }),
  });
  try {
    const left = async () => [
      ...(await store.query(`
        select id::text, status, owner, lease_until, now() from sessions where status = 'active' or lease_until is not null`)),
      ...(store.backlog().spooledBytes ? [store.backlog()] : []),
    ];
    const untilMs = performance.now() + 60_000;
    while ((await left()).length > 0) {
      if (performance.now() > untilMs) {
        throw new Error(`Not recovered within a minute: ${JSON.stringify(await left())}. It said: ${said.join('; ')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await store.close();
  }
}
