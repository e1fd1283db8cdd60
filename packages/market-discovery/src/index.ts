export {
  createMarketDiscovery,
  type LifecycleFact,
  type MarketDiscovery,
  type MarketDiscoveryStatus,
} from './discovery.ts';
export { MarketDiscoveryError, type MarketDiscoveryErrorCode } from './errors.ts';
export {
  EVENT_TYPES,
  type ChangeEvent,
  type ListenerFailedEvent,
  type ListingEvent,
  type MarketDiscoveryEvents,
  type ProblemEvent,
  type RefusedEvent,
  type RollEvent,
} from './events.ts';
export { findMarkets, unknownMarkets, type FoundMarkets } from './find-markets.ts';
export type {
  MarketDiscoveryOptions,
  ReferenceDataOptions,
  RequestToSign,
  RestOptions,
  SignRequest,
} from './options.ts';
export type { MarketChange, Refusal } from './core/state.ts';
export { MARKET_STATUSES, type MarketRules, type MarketStatusFilter } from './core/rules.ts';
export { createReferenceData, type ReferenceData } from './reference-data.ts';
export type { MarketDescription, MarketStatus, PriceRange } from './core/market-description.ts';
export type { ExchangeState } from './core/exchange-state.ts';
export { createRestClient, type RestAnswer, type RestClient } from './io/rest-client.ts';
export type { Failure } from './io/market-source.ts';
export type { Runtime } from './io/runtime.ts';
