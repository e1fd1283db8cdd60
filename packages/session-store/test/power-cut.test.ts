// The embedded database never syncs a file by itself. What was durable must come back all the same when the power goes.
import { testSeed } from '@trader/testkit';
import { expect, inject, test } from 'vitest';
import { powerCuts } from './crash-power.ts';
import { lawful } from './laws.ts';

test.runIf(process.platform === 'linux')(
  'a power cut costs an embedded store nothing that was durable, whenever it comes',
  async () => {
    const { verdict, problems, broughtIn } = await powerCuts(inject('prepared').embedded.migrated, 3, testSeed());
    expect(verdict).toMatchObject(lawful);
    expect(problems).toEqual([]);
    // Or the database alone would have done.
    expect(broughtIn).toBeGreaterThan(0);
  },
);
