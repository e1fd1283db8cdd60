// fast-check, with the run's seed: every property generates the same cases for the same seed.
import * as fc from './fast-check-names.ts';
import { testSeed } from './test-seed.ts';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: testSeed() });

export default fc;
