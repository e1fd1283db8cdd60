-- The best prices of each market's book every so many seconds, after all that had arrived before or at that instant.
--
-- In a hole of the recording `covered` is false and the prices are null: nothing is carried over it. A side on which nothing rests is
-- null, too. `price_sum` is what the two best prices add up to where there is no spread: one dollar, at the scale of the prices.
--
--   from spread_over_time(1, 10000) where market = 'KXGOLD15M-26AUG102115-15' order by instant;
create or replace macro spread_over_time(step_seconds, price_sum) as table
with instants as (
  select series, market, to_timestamp(unnest(generate_series(
    ceil(epoch_ms(first_at) / (step_seconds * 1000.0))::bigint, floor(epoch_ms(last_at) / (step_seconds * 1000.0))::bigint
  )) * step_seconds) as instant
  from market_spans
),
known as (
  select instants.*, covered.session_id
  from instants
  left join covered
    on covered.series = instants.series and covered.market = instants.market
    and covered.from_at <= instants.instant and instants.instant < covered.to_at
),
best as (
  select
    known.market, known.instant,
    max(price) filter (side = 'yes') as yes_bid,
    max(price) filter (side = 'no') as no_bid
  from known
  join book_levels as levels
    on levels.series = known.series and levels.market = known.market and levels.session_id = known.session_id
    and levels.from_at <= known.instant and known.instant < levels.until_at
  group by known.market, known.instant
)
select
  known.series, known.market, known.instant, known.session_id is not null as covered,
  best.yes_bid, best.no_bid, price_sum - best.yes_bid - best.no_bid as spread
from known
left join best on best.market = known.market and best.instant = known.instant;
