import { describe, expect, test } from 'vitest';
import { BoundedOutput } from './bounded-output.ts';

/** A reader that takes a piece when it is told to. */
function reader(maxBytes: number) {
  const pieces: string[] = [];
  const told: number[] = [];
  let done: ((error?: Error) => void) | null = null;
  const output = new BoundedOutput(
    (bytes, callback) => {
      expect(done, 'one piece at a time').toBeNull();
      pieces.push(bytes.toString());
      done = callback;
    },
    { maxBytes, onRoom: (lines) => told.push(lines) },
  );
  const take = (error?: Error): void => {
    const callback = done!;
    done = null;
    callback(error);
  };
  return { output, pieces, told, take, isAsked: () => done !== null };
}

describe('BoundedOutput', () => {
  test('hands over one piece at a time, and what came meanwhile in one', () => {
    const { output, pieces, take } = reader(100);
    for (const text of ['one\n', 'two\n', 'three\n']) output.write(text);
    expect(pieces).toEqual(['one\n']);
    take();
    expect(pieces).toEqual(['one\n', 'two\nthree\n']);
  });

  test('drops what is beyond the bound in bytes, and tells how much before the next line', () => {
    const { output, pieces, told, take } = reader(20);
    // Ten bytes, though nine characters.
    for (let i = 0; i < 5; i++) output.write('é2345678\n');
    expect(output.droppedLines).toBe(3);
    take();
    expect(told).toEqual([3]);
    take();
    output.write('after\n');
    expect(pieces.join('')).toBe('é2345678\né2345678\nafter\n');
    expect({ told, dropped: output.droppedLines }).toEqual({ told: [3], dropped: 3 });
  });

  test('once it is full it takes lines again when half of the room is free, not one for each that is taken', () => {
    const { output, told, take } = reader(40);
    output.write('123456789\n');
    for (let i = 0; i < 4; i++) output.write('123456789\n');
    expect(output.droppedLines).toBe(1);
    take();
    // Three of four still wait, in the piece that is being written.
    output.write('123456789\n');
    expect({ told, dropped: output.droppedLines }).toEqual({ told: [], dropped: 2 });
    take();
    expect(told).toEqual([2]);
  });

  test('counts the lines of a piece that could not be written, goes on, and tells when one could', () => {
    const { output, pieces, told, take } = reader(100);
    for (const text of ['one\n', 'two\n', 'three\n']) output.write(text);
    take(new Error('ENOSPC'));
    take(new Error('ENOSPC'));
    expect({ told, dropped: output.droppedLines }).toEqual({ told: [], dropped: 3 });
    output.write('four\n');
    take();
    expect({ pieces, told }).toEqual({ pieces: ['one\n', 'two\nthree\n', 'four\n'], told: [3] });
  });

  test('a flush is true once all of it is taken, and false when nobody takes it', async () => {
    const { output, take } = reader(100);
    expect(await output.flush(60_000)).toBe(true);
    output.write('one\n');
    expect(await output.flush(1)).toBe(false);
    const flushed = output.flush(60_000);
    take();
    expect(await flushed).toBe(true);
  });
});
