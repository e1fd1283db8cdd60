import { describe, expect, test } from 'vitest';
import { defaultSpool } from './default-spool.ts';

const server = { url: 'postgres://127.0.0.1/trader' };
const folderOf = (recorder: string) => defaultSpool(server, recorder).dir;

describe('the spool', () => {
  test('lies with an embedded database, which belongs to one process anyway', () => {
    expect(defaultSpool({ dataDir: 'data' }, 'desk')).toEqual({ dir: 'data/spool' });
  });

  test('of a server lies in a folder of the recorder’s own', () => {
    expect(defaultSpool(server, 'desk-1')).toEqual({ dir: 'spool/desk-1' });
  });

  test('never leaves ./spool, and two recorders never share one, whatever they are called', () => {
    const names = [
      'desk',
      'desk 1',
      'desk/1',
      '../desk',
      '..',
      '.',
      '',
      'désk',
      'désk ',
      'x'.repeat(500),
      'lock.sqlite',
    ];
    const folders = names.map(folderOf);
    expect(new Set(folders).size).toBe(names.length);
    for (const folder of folders) expect(folder).toMatch(/^spool\/[\w-]{1,64}$/);
  });
});
