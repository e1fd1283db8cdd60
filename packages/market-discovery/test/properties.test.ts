import { testProperties } from './search-properties.ts';

testProperties(150);
