import { temporaryFolder } from '@trader/testkit';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SpoolDatabase } from './spool-database.ts';
import { SpoolFile } from './spool-file.ts';

const batch = (number: number) => ({
  number: 1,
  session: 'session-1',
  batch: number,
  records: 1,
  atMs: 0,
  payload: 'text',
});

test('what a process that dies could not commit is nowhere: not taken for lost either', () => {
  const folder = temporaryFolder('spool-database-');
  onTestFinished(() => folder.remove());
  const database = new SpoolDatabase(folder.path);
  database.open();
  database.commit({ items: [batch(1)], released: new Map() });

  const commit = vi.spyOn(SpoolFile.prototype, 'transact').mockImplementation(function failing(this: SpoolFile, work) {
    this.exec('begin immediate');
    work();
    this.exec('rollback');
    throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
  });
  expect(() => database.commit({ items: [batch(2)], released: new Map([[1, 1]]) })).toThrow(/full/);
  commit.mockRestore();
  database.close();

  const next = new SpoolDatabase(folder.path);
  onTestFinished(() => next.close());
  const [session] = next.open().sessions;
  expect(session).toMatchObject({ lastBatch: 1, acknowledged: 0, batches: [{ batch: 1 }] });
});

test('syncs each commit', () => {
  const exec = vi.spyOn(SpoolFile.prototype, 'exec');
  const folder = temporaryFolder('spool-database-');
  onTestFinished(() => folder.remove());
  const database = new SpoolDatabase(folder.path);
  onTestFinished(() => database.close());
  database.open();
  const settings = exec.mock.calls.map(([text]) => text).join(';');
  expect(settings.match(/synchronous = (\w+)/)?.[1]).toBe('full');
});
