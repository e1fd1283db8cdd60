// What users' editors and compilers see of the main entry; the type check runs it.
import { expectTypeOf, test } from 'vitest';
import {
  createSessionStore,
  SessionStoreError,
  type BorrowedSql,
  type DeltaRecord,
  type GapRecord,
  type RecordingSession,
  type SessionRow,
  type SessionStore,
  type SessionStoreErrorCode,
  type SessionStoreOptions,
  type StoreRecord,
} from '../src/index.ts';

declare const store: SessionStore;
declare const session: RecordingSession;
declare const sql: BorrowedSql;

test('a store is somewhere: at a URL, in a folder, or in a pool of yours', () => {
  expectTypeOf(createSessionStore).toEqualTypeOf<(options: SessionStoreOptions) => Promise<SessionStore>>();
  expectTypeOf<{ url: string }>().toExtend<SessionStoreOptions>();
  expectTypeOf<{ dataDir: string }>().toExtend<SessionStoreOptions>();
  expectTypeOf({ sql }).toExtend<SessionStoreOptions>();
  expectTypeOf<SessionStore>().toExtend<AsyncDisposable>();
  // @ts-expect-error nowhere
  void createSessionStore({});
});

test('a session takes records, and says at once whether there is room', () => {
  expectTypeOf(store.openSession({ recorder: 'desk' })).resolves.toEqualTypeOf<RecordingSession>();
  expectTypeOf<RecordingSession['append']>().toEqualTypeOf<(record: StoreRecord) => 'taken' | 'full' | 'dropped'>();
  expectTypeOf<RecordingSession['close']>().returns.resolves.toEqualTypeOf<SessionRow>();
  // @ts-expect-error a session does not end as "reclaimed" by its owner's word
  void session.close({ status: 'reclaimed', reason: 'x' });
});

test('a record is told apart by its kind, and has integers', () => {
  expectTypeOf<Extract<StoreRecord, { kind: 'delta' }>>().toEqualTypeOf<DeltaRecord>();
  expectTypeOf<Extract<StoreRecord, { kind: 'gap' }>>().toEqualTypeOf<GapRecord>();
  expectTypeOf<DeltaRecord['price']>().toEqualTypeOf<number>();
  expectTypeOf<GapRecord['lastSeq']>().toEqualTypeOf<number | null>();
});

test('what a query gives has to be looked at', () => {
  expectTypeOf(store.query('select 1')).resolves.toEqualTypeOf<readonly Record<string, unknown>[]>();
  expectTypeOf(store.sessions()).resolves.toEqualTypeOf<readonly SessionRow[]>();
});

test('an error that is recognised has a code', () => {
  const error: unknown = undefined;
  if (SessionStoreError.isInstance(error)) expectTypeOf(error.code).toEqualTypeOf<SessionStoreErrorCode>();
  expectTypeOf<'DATA_DIR_LOCKED'>().toExtend<SessionStoreErrorCode>();
});
