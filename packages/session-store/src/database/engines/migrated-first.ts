import type { Engine } from './engine.ts';

/** An engine whose database was not there yet: whatever comes to it first brings the schema up to date. */
export function migratedFirst(engine: Engine, migrate: () => Promise<unknown>): Engine {
  let migrated: Promise<unknown> | null = null;
  const whenMigrated = async (): Promise<void> => {
    const mine = (migrated ??= migrate());
    try {
      await mine;
    } catch (cause) {
      if (migrated === mine) migrated = null;
      throw cause;
    }
  };
  return {
    name: engine.name,
    transact: async (work, options) => {
      await whenMigrated();
      return engine.transact(work, options);
    },
    close: async () => engine.close(),
  };
}
