import { testProperties } from './health-properties.ts';

testProperties(400);
