import { expect, test } from 'vitest';
import { createLog, describeLines } from './log.ts';

test.each(['before there is a context', 'with one that is always the same object'])(
  '%s, no line has the fields of an earlier one',
  (when) => {
    const lines: object[] = [];
    const log = createLog('info', { destination: { write: (line) => void lines.push(JSON.parse(line) as object) } });
    const context = { session: null, state: 'ready', epoch: 1 };
    if (when.startsWith('with')) describeLines(log, () => context);
    log.info({ code: 'FIRST', market: 'KXA' }, 'one');
    log.info('two');
    expect(Object.keys(lines[1]!)).toEqual(['level', 'time', 'session', 'state', 'epoch', 'msg']);
  },
);
