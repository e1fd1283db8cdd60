import { describe, expect, it } from 'vitest';
import { ExchangeError } from '../../errors.ts';
import { faultKinds } from './fault-rules.ts';
import { checkedFaults, parseFaultScript } from './fault-script.ts';

const errorOf = (text: string): ExchangeError => {
  try {
    parseFaultScript(text, 'bad.json');
  } catch (error) {
    if (ExchangeError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('the script was accepted');
};

describe('a fault script', () => {
  it('may be an object, a list or one fault, with comments and a comma too many', () => {
    const fault = { kind: 'drop', from: '10s', aim: { frame: 'data', sid: [1, 2] } };
    const text = `// why\n${JSON.stringify(fault)}`;
    expect(parseFaultScript(text, 'a')).toEqual([fault]);
    expect(parseFaultScript(`[${JSON.stringify(fault)},]`, 'a')).toEqual([fault]);
    expect(parseFaultScript(`{ /* all */ "faults": [${JSON.stringify(fault)}], }`, 'a')).toEqual([fault]);
    expect(parseFaultScript('\uFEFF{"faults":[]}', 'a')).toEqual([]);
  });

  it('names everything that is wrong, each with its line', () => {
    const error = errorOf(`{
  "faults": [
    { "kind": "drop", "count": 0 },
    { "kind": "dorp" },
    {
      "kind": "delay",
      "aim": { "sid": "one", "colour": "red" }
    },
    { "kind": "no-pings", "aim": { "sid": 1 } },
    { "kind": "stall", "from": "20s", "until": "10s" },
    { "kind": "refuse", "status": 503, "cause": "unknown-key" },
    7
  ],
  "version": 1
}`);
    expect(error).toMatchObject({ code: 'FAULT_SCRIPT_INVALID', file: 'bad.json', line: 3 });
    const lines = error.message.split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('bad.json:3: faults[0].count must be an integer from 1 to 1000000000, got 0');
    for (const [index, text] of [
      [1, 'bad.json:4: faults[1].kind must be a kind of fault: drop, duplicate,'],
      [2, 'bad.json:5: faults[2].by must be a time that is not negative'],
      [3, 'bad.json:7: faults[2].aim.sid must be an integer from 1 to 1000000000, or a list of such, got "one"'],
      [4, 'bad.json:7: faults[2].aim.colour must be one of the fields'],
      [5, 'bad.json:9: faults[3].aim.sid must be one of the fields connection, key'],
      [6, 'bad.json:10: faults[4].until must be a time after `from`, got "10s"'],
      [7, 'bad.json:11: faults[5].cause must be no `cause` unless `status` is 401'],
      [8, 'bad.json:12: faults[6] must be a fault: an object with a kind, got 7'],
      [9, 'bad.json:14: version must be left out'],
    ] as const) {
      expect(lines[index]).toContain(text);
    }
  });

  it.each([
    ['{ "faults": [ ', 1, 'a value'],
    ['{\n  "faults" [] }', 2, 'a colon after the key'],
    ['[\n{ "kind": "drop" }\n{ "kind": "drop" } ]', 3, 'a comma or ]'],
    ['{ "kind": "drop", "kind": "cut" }', 1, 'each key once'],
    ['{ "kind": "drop", "count": 1x }', 1, 'a JSON value'],
    ['[]\n\n]', 3, 'the end of the text'],
    ['{ "kind": "dr\nop" }', 1, 'text that ends on its line'],
    ['['.repeat(100), 1, 'at most 32 levels'],
    ['', 1, 'a value'],
  ])('that is no JSON (%#) is refused with the line and what was expected', (text, line, expected) => {
    const error = errorOf(text);
    expect(error).toMatchObject({ line, file: 'bad.json' });
    expect(error.expected).toContain(expected);
  });

  it('takes a key named __proto__ for the unknown field that it is', () => {
    expect(errorOf('{ "kind": "drop", "__proto__": { "count": 1 } }').message).toContain('__proto__');
  });
});

describe('faults of a program', () => {
  it('are refused as a TypeError that names everything', () => {
    expect(() =>
      checkedFaults([
        { kind: 'drop', count: 0 },
        { kind: 'close', code: 1006 },
      ]),
    ).toThrow(/faults\[0\]\.count .*\nfaults\[1\]\.code must be a close code that may be sent/);
    expect(() => checkedFaults('drop')).toThrow(TypeError);
  });

  it('are copied, so that nobody changes them after the check', () => {
    const fault = { kind: 'drop', count: 1 };
    const [checked] = checkedFaults([fault]);
    fault.count = -1;
    expect(checked).toEqual({ kind: 'drop', count: 1 });
  });

  it('are of 35 kinds', () => {
    expect(faultKinds).toHaveLength(35);
  });
});
