import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
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
});

test('stays while somebody else may use it, and is removed when nobody has asked for it for a day', async () => {
  using home = temporaryFolder();
  const folders = () => readdirSync(home.path).map((name) => join(home.path, name));
  const first = await preparedFolder(home.path, ['one'], writing('first'));
  const second = await preparedFolder(home.path, ['two'], writing('second'));
  expect(folders().toSorted()).toEqual([first, second].toSorted());
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
  for (const folder of [first, second]) utimesSync(folder, twoDaysAgo, twoDaysAgo);
  // Asked for again, so it is in use.
  await preparedFolder(home.path, ['one'], writing('never'));
  const third = await preparedFolder(home.path, ['three'], writing('third'));
  expect(folders().toSorted()).toEqual([first, third].toSorted());
});

test('that cannot be made leaves nothing behind', async () => {
  using home = temporaryFolder();
  const failing = preparedFolder(home.path, ['one'], async () => {
    throw new Error('no room');
  });
  await expect(failing).rejects.toThrow('no room');
  expect(readdirSync(home.path)).toEqual([]);
});
