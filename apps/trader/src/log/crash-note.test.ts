import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { expect, test } from 'vitest';
import { leaveCrashNote, takeCrashNote, type CrashNote } from './crash-note.ts';

const note: CrashNote = {
  at: '2026-11-29T21:00:00.000Z',
  pid: 1,
  version: '1.2.3',
  code: 'INTERNAL',
  message: 'boom',
  stack: 'Error: boom',
};

test('a note is told once, and only its owner may read it', () => {
  using folder = temporaryFolder();
  leaveCrashNote(folder.path, note);
  expect(statSync(join(folder.path, 'crash.json')).mode & 0o077).toBe(0);
  expect(takeCrashNote(folder.path)).toEqual({ at: note.at, code: 'INTERNAL', message: 'boom' });
  expect(takeCrashNote(folder.path)).toBeNull();
});

test('where there is no folder none is made, and nothing is told', () => {
  using folder = temporaryFolder();
  const missing = join(folder.path, 'spool');
  leaveCrashNote(missing, note);
  expect(existsSync(missing)).toBe(false);
  expect(takeCrashNote(missing)).toBeNull();
});

test.each(['', 'null', '[]', '{"at":1}', '{"at":"now"'])('a note that is %j is told of no more', (text) => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'crash.json'), text);
  expect(takeCrashNote(folder.path)).toBeNull();
  expect(existsSync(join(folder.path, 'crash.json'))).toBe(false);
});

test('what cannot be read or written ends nothing', () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'crash.json'));
  leaveCrashNote(folder.path, note);
  expect(takeCrashNote(folder.path)).toBeNull();
});
