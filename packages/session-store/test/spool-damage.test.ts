// Whatever happens to the files while nobody has them open: what is read is what was written, in order, and what is not read
// is reported.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, testSeed, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeBlock } from '../src/spool/log/log-block.ts';
import { entryOf, indexOf, openReporting, readAll } from './spool-entries.ts';
import { fillSpool, positionsOf, reopenSpool, segmentsIn, spoilSpools } from './spool-spoiling.ts';

let folder: TemporaryFolder;
beforeEach(() => void (folder = temporaryFolder('spool-damage-')));
afterEach(() => folder.remove());

const segments = () => segmentsIn(folder.path);
const pathOf = (name: string) => join(folder.path, name);
const fill = async (count: number) => fillSpool(folder.path, count);
const reopen = async () => reopenSpool(folder.path);

test('40 kinds of damage: never a wrong entry, never a loss that is not named', async () => {
  const { damaged, lost } = await spoilSpools(40, testSeed());
  // Or the test would show nothing.
  expect(damaged).toBeGreaterThan(20);
  expect(lost).toBeGreaterThan(50);
});

describe('a hole', () => {
  test('names what lies around it, keeps the damaged file, and leaves the rest usable', async () => {
    const positions = await fill(30);
    const name = segments()[1]!;
    const bytes = readFileSync(pathOf(name));
    bytes[400]! ^= 1;
    writeFileSync(pathOf(name), bytes);

    const { spool, damage } = await openReporting({ folder: folder.path, segmentBytes: 2500 });
    const left = await readAll(spool);
    const missing = positions.filter((position) => !positionsOf(left).includes(position));
    expect(missing).toHaveLength(1);
    const index = positions.indexOf(missing[0]!);
    const neighbour = (at: number) => {
      const { session, batch, atMs } = entryOf(at);
      return { session, batch, atMs };
    };
    const hole = {
      reason: 'damaged',
      bytes: expect.any(Number),
      firstPosition: missing[0],
      lastPosition: missing[0],
      before: neighbour(index - 1),
      after: neighbour(index + 1),
      keptAs: pathOf(`${name}.damaged`),
    };
    expect(damage).toEqual([hole]);
    expect(readFileSync(hole.keptAs)).toEqual(bytes);

    spool.append(entryOf(30));
    await spool.durable();
    expect((await readAll(spool)).at(-1)).toMatchObject({ batch: entryOf(30).batch });
    await spool.close();
    expect((await reopen()).damage, 'found again as long as it matters').toEqual([hole]);

    const { spool: last } = await openReporting({ folder: folder.path });
    last.acknowledge('session-1', 8);
    await last.close();
    expect(await reopen()).toEqual({ entries: [], damage: [] });
    expect(readFileSync(hole.keptAs), 'for people to look at').toEqual(bytes);
  });

  test('at the end is seen although the file looks whole: the mark knows how far it went', async () => {
    const positions = await fill(30);
    const last = segments().at(-1)!;
    rmSync(pathOf(last));
    const first = Number(last.slice(0, 16));
    expect((await reopen()).damage).toMatchObject([
      { reason: 'missing', bytes: 0, firstPosition: first, lastPosition: positions.at(-1), after: null, keptAs: null },
    ]);
  });

  test('of a whole log is named too', async () => {
    await fill(10);
    for (const name of segments()) rmSync(pathOf(name));
    expect((await reopen()).damage).toMatchObject([{ reason: 'missing', firstPosition: 1, before: null, after: null }]);
  });

  test('found while reading is reported once', async () => {
    await fill(10);
    const { spool, damage } = await openReporting({ folder: folder.path });
    const bytes = readFileSync(pathOf(segments()[0]!));
    bytes[700]! ^= 1;
    writeFileSync(pathOf(segments()[0]!), bytes);
    expect(await readAll(spool)).toHaveLength(9);
    expect(await readAll(spool)).toHaveLength(9);
    expect(damage).toMatchObject([{ reason: 'damaged' }]);
    await spool.close();
  });
});

test('the end of a write that never came to its end is cut and reported', async () => {
  await fill(10);
  const last = pathOf(segments().at(-1)!);
  writeFileSync(last, Buffer.concat([readFileSync(last), Buffer.from('SPOL and half a header')]));
  const { entries, damage } = await reopen();
  expect(entries).toHaveLength(10);
  expect(damage).toMatchObject([{ reason: 'unfinished', bytes: 22, lastPosition: null, before: { batch: 3 } }]);
});

test('a mark that is torn or unreadable is no damage', async () => {
  await fill(10);
  for (const spoiled of [Buffer.alloc(64, 255), Buffer.alloc(0), readFileSync(pathOf('mark')).subarray(0, 40)]) {
    writeFileSync(pathOf('mark'), spoiled);
    const { entries, damage } = await reopen();
    expect([entries.length, damage]).toEqual([10, []]);
  }
});

test('a text that imitates a block is not taken for one, wherever the damage before it leads', async () => {
  const { spool } = await openReporting({ folder: folder.path });
  // As if by somebody who knows the format, and everything but the salt.
  const forged = encodeBlock(3, { kind: 'entry', ...entryOf(77) }, 1);
  spool.append({ ...entryOf(0), payload: forged });
  spool.append(entryOf(1));
  await spool.close();
  const path = pathOf(segments()[0]!);
  const bytes = readFileSync(path);
  bytes[20]! ^= 1; // The header of the entry that holds it: the search for the next block goes through the payload.
  writeFileSync(path, bytes);
  const { entries, damage } = await reopen();
  expect(entries.map(indexOf)).toEqual([1]);
  expect(damage).toMatchObject([{ firstPosition: 1, lastPosition: 1 }]);
});

test('files of others in the folder are left alone', async () => {
  await fill(5);
  writeFileSync(pathOf('notes.segment'), 'not ours');
  expect((await reopen()).entries).toHaveLength(5);
  expect(readFileSync(pathOf('notes.segment'), 'utf8')).toBe('not ours');
});
