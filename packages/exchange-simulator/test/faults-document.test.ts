import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faultKinds } from '../src/core/faults/fault-rules.ts';
import { parseFaultScript } from '../src/index.ts';

const document = readFileSync(new URL('../FAULTS.md', import.meta.url), 'utf8');
const inTables = [...document.matchAll(/`(\{ "kind".*?\})` \|$/gm)].map(([, example = '']) => example);

describe('FAULTS.md', () => {
  it('has an example of every kind that the exchange takes, and of no other', () => {
    const kinds = inTables.flatMap((example) => parseFaultScript(example, 'FAULTS.md')).map(({ kind }) => kind);
    expect(kinds).toEqual(faultKinds);
  });

  it('has a script that the exchange takes', () => {
    const [, script = ''] = /```json\n(.*?)```/s.exec(document) ?? [];
    expect(parseFaultScript(script, 'FAULTS.md')).toHaveLength(3);
  });
});
