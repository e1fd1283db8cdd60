// The embedded database never syncs a file by itself. What was durable must come back all the same when the power goes.
import { testSeed } from '@trader/testkit';
import { expect, inject, test } from 'vitest';
import { powerCuts } from './crash-power.ts';
import { lawful } from './laws.ts';

test.runIf(process.platform === 'linux')(
  'a power cut costs an embedded store nothing that was durable, whenever it comes',
  async () => {
    let broughtIn = 0;
    // More of them where the database alone would have done: when a cut comes is a matter of how busy the machine is.
    for (let tries = 0; broughtIn === 0; tries++) {
      const found = await powerCuts(inject('prepared').embedded.migrated, 3, testSeed() + tries);
      expect(found.verdict).toMatchObject(lawful);
      expect(found.problems).toEqual([]);
      expect(tries, 'cuts of which none found anything in the spool').toBeLessThan(10);
      broughtIn = found.broughtIn;
    }
  },
);
