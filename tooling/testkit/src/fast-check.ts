// fast-check, with the run's seed: every property generates the same cases for the same seed.
import fc from 'fast-check';
import { testSeed } from './test-seed.ts';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: testSeed() });

export default fc;
