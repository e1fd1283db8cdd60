// The properties of a test run over very many configurations and observations: a round is a hundred.
import { campaignRounds } from '@trader/testkit';
import { testProperties } from '../test/health-properties.ts';

testProperties(100 * campaignRounds(20));
