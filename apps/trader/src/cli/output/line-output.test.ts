import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { LineOutput } from './line-output.ts';

/** A reader that takes a piece when it is told to. */
function slowReader() {
  const pieces: string[] = [];
  let next: (error?: Error) => void = () => undefined;
  const stream = new Writable({
    highWaterMark: 1,
    decodeStrings: false,
    write(piece: string, _encoding, done) {
      if (piece !== '') pieces.push(piece);
      next = done;
    },
  });
  return { stream, pieces, take: (error?: Error) => next(error) };
}

const LONG = 'x'.repeat(70_000);
const turn = () => new Promise((resolve) => void setImmediate(resolve));

describe('LineOutput', () => {
  test('makes one piece of the lines of a turn', async () => {
    const { stream, pieces } = slowReader();
    const output = new LineOutput(stream);
    void output.write('one');
    void output.write('two');
    expect(pieces).toEqual([]);
    await turn();
    expect(pieces).toEqual(['one\ntwo\n']);
  });

  test('lets the writer wait while the reader is behind, and go on when it has caught up', async () => {
    const { stream, take } = slowReader();
    const output = new LineOutput(stream);
    let hasRoom = false;
    const room = Promise.resolve(output.write(LONG)).then(() => (hasRoom = true));
    await turn();
    expect(hasRoom).toBe(false);
    take();
    await room;
    expect(output.write('more')).toBeUndefined();
    output.release();
  });

  test('whoever waits for a reader that goes away is told, and so is the next writer', async () => {
    const { stream, take } = slowReader();
    const output = new LineOutput(stream);
    const room = output.write(LONG);
    take(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await expect(room).rejects.toThrow('EPIPE');
    expect(output.failure?.code).toBe('EPIPE');
    expect(() => output.write('more')).toThrow('EPIPE');
  });
});
