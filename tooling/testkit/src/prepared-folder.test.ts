import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { preparedFolder } from './prepared-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

const writing = (text: string) => async (path: string) => writeFileSync(join(path, 'text'), text);
const textIn = (path: string) => readFileSync(join(path, 'text'), 'utf8');

test('is made once from the same, also by two at once, and anew from something else', async () => {
  using home = temporaryFolder();
  const both = [
    preparedFolder(home.path, ['one'], writing('first')),
    preparedFolder(home.path, ['one'], writing('second')),
  ];
  const [path, same] = await Promise.all(both);
  expect(same).toBe(path);
  const made = textIn(path!);
  expect(textIn(await preparedFolder(home.path, ['one'], writing('third')))).toBe(made);
  const other = await preparedFolder(home.path, ['another'], writing('fourth'));
  expect(textIn(other)).toBe('fourth');
  expect(readdirSync(home.path).map((name) => join(home.path, name))).toEqual([other]);
});

test('that cannot be made leaves nothing behind', async () => {
  using home = temporaryFolder();
  const failing = preparedFolder(home.path, ['one'], async () => {
    throw new Error('no room');
  });
  await expect(failing).rejects.toThrow('no room');
  expect(readdirSync(home.path)).toEqual([]);
});
