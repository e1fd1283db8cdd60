import { describe, expect, test } from 'vitest';
import { createLog, describeLines, flushRepeats, textForPeople } from './log.ts';

function capture(repeats = { burst: 2, windowMs: 60_000, maxKinds: 10 }) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog('debug', {
    destination: { write: (text) => void lines.push(JSON.parse(text) as Record<string, unknown>) },
    repeats,
  });
  return { log, lines, messages: () => lines.map(({ msg }) => msg) };
}

describe('createLog', () => {
  test('puts session, state and epoch on every line, of children too, as they are at that moment', () => {
    const { log, lines } = capture();
    let epoch = 1;
    describeLines(log, () => ({ session: 's1', state: 'ready', epoch }));
    log.info('one');
    epoch = 2;
    log.child({ part: 'feed' }).warn('two');
    expect(lines).toMatchObject([
      { session: 's1', state: 'ready', epoch: 1, msg: 'one' },
      { session: 's1', state: 'ready', epoch: 2, part: 'feed', msg: 'two' },
    ]);
  });

  test('names its level and tells the time as people and machines read it', () => {
    const { log, lines } = capture();
    log.warn('one');
    expect(lines).toMatchObject([
      { level: 'warn', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string },
    ]);
  });

  test('for a terminal has the code in its text, once', () => {
    expect(textForPeople({ msg: 'no answer', code: 'NO_ANSWER' }, 'msg')).toBe('no answer [NO_ANSWER]');
    expect(textForPeople({ msg: 'NO_ANSWER: none', code: 'NO_ANSWER' }, 'msg')).toBe('NO_ANSWER: none');
    expect(textForPeople({ msg: 'one' }, 'msg')).toBe('one');
  });

  test('tells a repeated warning a few times, and then how often it came', () => {
    const { log, messages } = capture();
    for (let i = 0; i < 10; i++) log.warn({ code: 'NO_ANSWER' }, `no answer within ${i} ms`);
    for (let i = 0; i < 10; i++) log.info(`progress ${i}`);
    flushRepeats(log);
    const said = messages();
    expect(said.filter((text) => String(text).startsWith('no answer'))).toEqual([
      'no answer within 0 ms',
      'no answer within 1 ms',
      expect.stringMatching(/^no answer within \d ms: … and 8 more like it in the last \d+ s$/),
    ]);
    expect(said.filter((text) => String(text).startsWith('progress'))).toHaveLength(10);
  });

  test('writes no secret, wherever on the line it is', () => {
    const { log, lines } = capture();
    log.error(
      { url: 'postgres://me:hunter2@h/x', nested: { password: 'hunter2' } },
      'failed at postgres://me:hunter2@h/x',
    );
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines).toHaveLength(1);
  });
});
