-- Facts beside the books: definitions of markets, lifecycle events, tickers, states of the exchange. All in one table, numbered by us;
-- what they say is JSON, and a view for each kind shows it.
alter table recorders add column facts bigint not null default 0;
--> statement-breakpoint
alter table sessions add column facts bigint not null default 0;
--> statement-breakpoint
alter table expirations add column facts bigint not null default 0;
--> statement-breakpoint
create table fact_records (
  session_id uuid not null,
  ordinal bigint not null,
  kind text not null,
  epoch integer not null,
  sid bigint,
  seq bigint,
  market_id integer,
  exchange_at timestamptz,
  received_at timestamptz not null,
  data jsonb not null,
  constraint fact_records_session_id_ordinal_received_at_pk primary key (session_id, ordinal, received_at)
) partition by range (received_at);
--> statement-breakpoint
-- What is known of one market, over all sessions.
create index fact_records_market on fact_records (market_id, kind, received_at);
--> statement-breakpoint
create table fact_records_default partition of fact_records default;
--> statement-breakpoint
-- A time is ms since the epoch there.
create view market_definitions as
select
  fact.session_id,
  fact.epoch,
  market.ticker as market,
  fact.data ->> 'eventTicker' as event_ticker,
  fact.data ->> 'seriesTicker' as series_ticker,
  fact.data ->> 'title' as title,
  fact.data ->> 'subtitle' as subtitle,
  fact.data ->> 'yesSubtitle' as yes_subtitle,
  fact.data ->> 'noSubtitle' as no_subtitle,
  fact.data ->> 'primaryRules' as primary_rules,
  fact.data ->> 'secondaryRules' as secondary_rules,
  timestamptz 'epoch' + (fact.data ->> 'openAtMs')::bigint * interval '1 millisecond' as open_at,
  timestamptz 'epoch' + (fact.data ->> 'closeAtMs')::bigint * interval '1 millisecond' as close_at,
  timestamptz 'epoch' + (fact.data ->> 'expectedExpirationAtMs')::bigint * interval '1 millisecond' as expected_expiration_at,
  (fact.data ->> 'canCloseEarly')::boolean as can_close_early,
  fact.data ->> 'strikeType' as strike_type,
  (fact.data ->> 'floorStrike')::double precision as floor_strike,
  (fact.data ->> 'capStrike')::double precision as cap_strike,
  fact.data -> 'customStrike' as custom_strike,
  fact.data ->> 'priceLevelStructure' as price_level_structure,
  fact.data -> 'priceRanges' as price_ranges,
  fact.data ->> 'feeType' as fee_type,
  (fact.data ->> 'feeMultiplier')::double precision as fee_multiplier,
  fact.data ->> 'result' as result,
  (fact.data ->> 'settlementValue')::integer as settlement_value,
  timestamptz 'epoch' + (fact.data ->> 'settledAtMs')::bigint * interval '1 millisecond' as settled_at,
  fact.data ->> 'status' as status,
  fact.data ->> 'exchangeStatus' as exchange_status,
  fact.received_at,
  fact.ordinal
from fact_records as fact
join markets as market on market.id = fact.market_id
where fact.kind = 'market';
--> statement-breakpoint
create view lifecycle as
select
  fact.session_id,
  fact.epoch,
  fact.sid,
  fact.seq,
  market.ticker as market,
  fact.data ->> 'about' as about,
  fact.data ->> 'change' as change,
  fact.data ->> 'eventTicker' as event_ticker,
  fact.data ->> 'seriesTicker' as series_ticker,
  fact.data ->> 'title' as title,
  fact.data ->> 'subtitle' as subtitle,
  fact.data ->> 'yesSubtitle' as yes_subtitle,
  fact.data ->> 'noSubtitle' as no_subtitle,
  fact.data ->> 'primaryRules' as primary_rules,
  fact.data ->> 'secondaryRules' as secondary_rules,
  timestamptz 'epoch' + (fact.data ->> 'openAtMs')::bigint * interval '1 millisecond' as open_at,
  timestamptz 'epoch' + (fact.data ->> 'closeAtMs')::bigint * interval '1 millisecond' as close_at,
  timestamptz 'epoch' + (fact.data ->> 'expectedExpirationAtMs')::bigint * interval '1 millisecond' as expected_expiration_at,
  (fact.data ->> 'canCloseEarly')::boolean as can_close_early,
  fact.data ->> 'strikeType' as strike_type,
  (fact.data ->> 'floorStrike')::double precision as floor_strike,
  (fact.data ->> 'capStrike')::double precision as cap_strike,
  fact.data -> 'customStrike' as custom_strike,
  fact.data ->> 'priceLevelStructure' as price_level_structure,
  fact.data -> 'priceRanges' as price_ranges,
  fact.data ->> 'feeType' as fee_type,
  (fact.data ->> 'feeMultiplier')::double precision as fee_multiplier,
  fact.data ->> 'result' as result,
  (fact.data ->> 'settlementValue')::integer as settlement_value,
  timestamptz 'epoch' + (fact.data ->> 'settledAtMs')::bigint * interval '1 millisecond' as settled_at,
  (fact.data ->> 'exchangeIndex')::bigint as exchange_index,
  (fact.data ->> 'paused')::boolean as paused,
  timestamptz 'epoch' + (fact.data ->> 'determinedAtMs')::bigint * interval '1 millisecond' as determined_at,
  fact.data ->> 'name' as name,
  fact.data ->> 'collateralReturn' as collateral_return,
  timestamptz 'epoch' + (fact.data ->> 'strikeAtMs')::bigint * interval '1 millisecond' as strike_at,
  fact.data ->> 'strikePeriod' as strike_period,
  fact.received_at,
  fact.ordinal
from fact_records as fact
left join markets as market on market.id = fact.market_id
where fact.kind = 'lifecycle';
--> statement-breakpoint
create view tickers as
select
  fact.session_id,
  fact.epoch,
  fact.sid,
  fact.seq,
  market.ticker as market,
  fact.data ->> 'marketId' as market_id,
  (fact.data ->> 'lastPrice')::integer as last_price,
  (fact.data ->> 'yesBid')::integer as yes_bid,
  (fact.data ->> 'yesAsk')::integer as yes_ask,
  (fact.data ->> 'yesBidSize')::bigint as yes_bid_size,
  (fact.data ->> 'yesAskSize')::bigint as yes_ask_size,
  (fact.data ->> 'lastTradeSize')::bigint as last_trade_size,
  (fact.data ->> 'volume')::bigint as volume,
  (fact.data ->> 'openInterest')::bigint as open_interest,
  (fact.data ->> 'volumeDollars')::bigint as volume_dollars,
  (fact.data ->> 'openInterestDollars')::bigint as open_interest_dollars,
  fact.exchange_at,
  fact.received_at,
  fact.ordinal
from fact_records as fact
join markets as market on market.id = fact.market_id
where fact.kind = 'ticker';
--> statement-breakpoint
create view exchange_status as
select
  fact.session_id,
  fact.epoch,
  (fact.data ->> 'exchangeActive')::boolean as exchange_active,
  (fact.data ->> 'tradingActive')::boolean as trading_active,
  timestamptz 'epoch' + (fact.data ->> 'estimatedResumeAtMs')::bigint * interval '1 millisecond' as estimated_resume_at,
  fact.data -> 'schedule' as schedule,
  fact.received_at,
  fact.ordinal
from fact_records as fact
where fact.kind = 'exchange';
--> statement-breakpoint
-- A row for each market whose outcome is known, from whichever session: as it was announced last, and what was not announced as it was
-- described last.
create view settlements as
select
  market.ticker as market,
  coalesce(told.announced_result, told.described_result) as result,
  coalesce(told.announced_value, told.described_value) as settlement_value,
  told.determined_at,
  coalesce(told.announced_at, told.described_at) as settled_at,
  told.first_received_at as received_at
from (
  select
    fact.market_id,
    (array_agg(fact.data ->> 'result' order by fact.received_at desc, fact.ordinal desc)
      filter (where fact.kind = 'lifecycle' and fact.data ? 'result'))[1] as announced_result,
    (array_agg(fact.data ->> 'result' order by fact.received_at desc, fact.ordinal desc)
      filter (where fact.kind = 'market' and fact.data ? 'result'))[1] as described_result,
    (array_agg((fact.data ->> 'settlementValue')::integer order by fact.received_at desc, fact.ordinal desc)
      filter (where fact.kind = 'lifecycle' and fact.data ? 'settlementValue'))[1] as announced_value,
    (array_agg((fact.data ->> 'settlementValue')::integer order by fact.received_at desc, fact.ordinal desc)
      filter (where fact.kind = 'market' and fact.data ? 'settlementValue'))[1] as described_value,
    timestamptz 'epoch' + max((fact.data ->> 'determinedAtMs')::bigint) * interval '1 millisecond' as determined_at,
    timestamptz 'epoch' + max((fact.data ->> 'settledAtMs')::bigint) filter (where fact.kind = 'lifecycle')
      * interval '1 millisecond' as announced_at,
    timestamptz 'epoch' + max((fact.data ->> 'settledAtMs')::bigint) filter (where fact.kind = 'market')
      * interval '1 millisecond' as described_at,
    min(fact.received_at) as first_received_at
  from fact_records as fact
  where fact.kind in ('lifecycle', 'market') and fact.market_id is not null
    and (fact.data ? 'result' or fact.data ? 'settlementValue' or fact.data ? 'settledAtMs' or fact.data ? 'determinedAtMs')
  group by fact.market_id
) as told
join markets as market on market.id = told.market_id;
