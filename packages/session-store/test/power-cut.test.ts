// The embedded database never syncs a file by itself. What was durable must come back all the same when the power goes.
import { describe, expect, test } from 'vitest';
import { powerCuts } from './crash-power.ts';
import { lawful } from './laws.ts';

describe.runIf(process.platform === 'linux')('a power cut', () => {
  test('costs an embedded store nothing that was durable, whenever it comes', { timeout: 180_000 }, async () => {
    const { verdict, problems, broughtIn } = await powerCuts(5, 17);
    expect(verdict).toMatchObject(lawful);
    expect(problems).toEqual([]);
    // Or the database alone would have done.
    expect(broughtIn).toBeGreaterThan(100);
  });
});
