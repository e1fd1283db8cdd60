export { createTestExchange } from './create-test-exchange.ts';
export type {
  TestBookLevels,
  TestExchange,
  TestExchangeOptions,
  TestLevel,
  TestMessage,
  TestRefusal,
} from './test-exchange.ts';
