// Embedded databases that one test after the other has, each left as it was found: to open one takes longer than most of their
// tests do. What is opened on one works on the database that is open already, and its end leaves that open. How a database is
// opened and closed has tests of its own, with folders of their own.
import { randomUUID } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { SessionStoreError, type SessionStore, type SessionStoreTuning } from '../src/index.ts';
import type { Engine, Row, Run, TransactionOptions } from '../src/database/engines/engine.ts';
import { PgliteEngine } from '../src/database/engines/pglite-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { openOwnSpool, openStore } from '../src/store.ts';
import type { TestBed } from './test-bed.ts';

const free: PgliteBed[] = [];

export const pgliteBed = async (): Promise<TestBed> => free.pop() ?? PgliteBed.open();

/** For the end of a file. */
export async function closePgliteBeds(): Promise<void> {
  for (const bed of free.splice(0)) await bed.close();
}

class PgliteBed implements TestBed {
  readonly #dataDir: string;
  readonly #engine: PgliteEngine;
  /** What there is without any test. */
  readonly #found: Found;

  private constructor(dataDir: string, engine: PgliteEngine, found: Found) {
    this.#dataDir = dataDir;
    this.#engine = engine;
    this.#found = found;
  }

  static async open(): Promise<PgliteBed> {
    const { embedded, folder } = inject('prepared');
    const dataDir = join(folder, randomUUID());
    cpSync(embedded.migrated, dataDir, { recursive: true });
    const engine = await PgliteEngine.open(dataDir, 15_000, systemRuntime);
    return new PgliteBed(dataDir, engine, await engine.transact(look, { doing: 'Looking' }));
  }

  async engine(): Promise<Engine> {
    return new LentEngine(this.#engine);
  }

  async store(options: SessionStoreTuning = {}): Promise<SessionStore> {
    const parts = { engine: async () => this.engine(), spool: openOwnSpool };
    return openStore({ dataDir: this.#dataDir, ...options }, parts);
  }

  async done(): Promise<void> {
    rmSync(join(this.#dataDir, 'spool'), { recursive: true, force: true });
    const left = await this.#engine.transact(async (run) => empty(run, this.#found), { doing: 'Emptying' });
    // What else a test has changed is not looked for in vain by the next one.
    if (left.all === this.#found.all) free.push(this);
    else await this.close();
  }

  async close(): Promise<void> {
    await this.#engine.close();
    rmSync(this.#dataDir, { recursive: true });
  }
}

/** An engine whose end is only its own. */
class LentEngine implements Engine {
  readonly name = 'pglite';
  readonly #engine: PgliteEngine;
  readonly #working = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(engine: PgliteEngine) {
    this.#engine = engine;
  }

  async transact<T>(work: (run: Run) => Promise<T>, options: TransactionOptions): Promise<T> {
    return this.#work(async () => this.#engine.transact(work, options));
  }

  async vacuum(tables: readonly string[]): Promise<void> {
    await this.#work(async () => this.#engine.vacuum(tables));
  }

  async makeSafe(): Promise<void> {
    await this.#engine.makeSafe();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#working);
  }

  async #work<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new SessionStoreError('STORE_CLOSED', 'The engine was given back.');
    const working = work();
    this.#working.add(working);
    return working.finally(() => this.#working.delete(working));
  }
}

/** The tables, and all that has a name; with it which migrations there were. */
type Found = { readonly tables: readonly string[]; readonly all: string };

async function look(run: Run): Promise<Found> {
  const [row] = (await ask(
    run,
    `select array(select relname::text from pg_class where relnamespace = 'public'::regnamespace
        and relkind in ('r', 'p') and not relispartition and relname <> 'session_store_migrations') as tables,
      concat_ws(' ',
        (select string_agg(relname || relkind::text, ' ' order by relname) from pg_class
          where relnamespace = 'public'::regnamespace),
        (select string_agg(conname, ' ' order by conname, oid) from pg_constraint
          where connamespace = 'public'::regnamespace),
        (select string_agg(proname, ' ' order by proname) from pg_proc where pronamespace = 'public'::regnamespace),
        (select string_agg(tgname, ' ' order by tgname) from pg_trigger where not tgisinternal),
        (select string_agg(version::text, ' ' order by version) from session_store_migrations)) as all`,
  )) as unknown as readonly [Found];
  return row;
}

/** Removes what tests have put there: rows, partitions and other tables, and how far numbers have got. @returns what is left */
async function empty(run: Run, { tables, all }: Found): Promise<Found> {
  const known = new Set(all.split(' '));
  const made = (
    await ask(
      run,
      `select relname::text as name, relkind::text as kind from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
    )
  ).filter(({ name, kind }) => !known.has(`${String(name)}${String(kind)}`));
  if (made.length > 0) await ask(run, `drop table ${made.map(({ name }) => String(name)).join(', ')}`);
  // In any order, whatever refers to what.
  await ask(run, 'set local session_replication_role = replica');
  const filled = await ask(
    run,
    tables.map((table) => `select '${table}' as name where exists (select from ${table})`).join(' union all '),
  );
  for (const { name } of filled) await ask(run, `delete from ${String(name)}`);
  const used = await ask(run, 'select sequencename::text as name from pg_sequences where last_value is not null');
  for (const { name } of used) await ask(run, `alter sequence ${String(name)} restart`);
  return look(run);
}

const ask = async (run: Run, text: string): Promise<readonly Row[]> => run({ text, parameters: [] });
