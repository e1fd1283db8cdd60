// A database with this code's tables for one test, and what a contract opens on it, one after the other.
import { createSessionStore, type SessionStore, type SessionStoreTuning } from '../src/index.ts';
import type { Engine } from '../src/database/engines/engine.ts';
import type { ContractEngine } from './contract.ts';

export type TestBed = {
  /** The engine below the store. */
  engine(): Promise<Engine>;
  store(options?: SessionStoreTuning): Promise<SessionStore>;
  /** Nothing is open on it any more, and nobody asks what is in it. */
  done(): Promise<void>;
};

export async function newBed(given: ContractEngine): Promise<TestBed> {
  if (given.bed) return given.bed();
  const location = await given.location();
  return {
    engine: async () => given.engine(location),
    store: async (options) => createSessionStore({ ...location, ...options }),
    done: async () => undefined,
  };
}
