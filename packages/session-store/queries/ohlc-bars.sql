-- Open, high, low and close of the yes price, and volume, in bars of so many seconds, by time of arrival: from each market's first trade
-- to its last. A trade that two sessions recorded counts once.
--
-- A bar that a hole of the recording touches is not `whole`, and all its figures are null: trades of it may be missing. A whole bar
-- without trades has a volume of 0 and no prices.
--
--   from ohlc_bars(60) where market = 'KXGOLD15M-26AUG102115-15' order by bar_at;
create or replace macro ohlc_bars(bar_seconds) as table
with once as (
  select * from trades
  qualify row_number() over (partition by series, market, trade_id order by received_at, session_id) = 1
),
bars as (
  select series, market, to_timestamp(unnest(generate_series(
    floor(epoch_ms(min(received_at)) / (bar_seconds * 1000.0))::bigint,
    floor(epoch_ms(max(received_at)) / (bar_seconds * 1000.0))::bigint
  )) * bar_seconds) as bar_at
  from once group by series, market
),
traded as (
  select
    market, to_timestamp(floor(epoch_ms(received_at) / (bar_seconds * 1000.0))::bigint * bar_seconds) as bar_at,
    first(yes_price order by received_at, seq) as open, max(yes_price) as high, min(yes_price) as low,
    last(yes_price order by received_at, seq) as close, sum(size)::bigint as volume, count(*) as trades
  from once group by all
),
covered_ms as (
  select bars.market, bars.bar_at, sum(
    least(epoch_ms(covered.to_at), epoch_ms(bars.bar_at) + bar_seconds * 1000)
      - greatest(epoch_ms(covered.from_at), epoch_ms(bars.bar_at))
  ) as ms
  from bars
  join covered
    on covered.series = bars.series and covered.market = bars.market
    and covered.from_at < bars.bar_at + to_seconds(bar_seconds) and bars.bar_at < covered.to_at
  group by bars.market, bars.bar_at
),
-- Holes of the trades alone are not in the coverage of the book.
holed as (
  select distinct bars.market, bars.bar_at
  from bars
  join gaps
    on coalesce(gaps.market, bars.market) = bars.market
    and gaps.from_at < bars.bar_at + to_seconds(bar_seconds) and coalesce(gaps.to_at, gaps.from_at) >= bars.bar_at
),
judged as (
  select bars.*, coalesce(covered_ms.ms, 0) >= bar_seconds * 1000 and holed.bar_at is null as whole
  from bars
  left join covered_ms on covered_ms.market = bars.market and covered_ms.bar_at = bars.bar_at
  left join holed on holed.market = bars.market and holed.bar_at = bars.bar_at
)
select
  judged.series, judged.market, judged.bar_at, whole,
  case when whole then open end as open, case when whole then high end as high,
  case when whole then low end as low, case when whole then close end as close,
  case when whole then coalesce(volume, 0) end as volume, case when whole then coalesce(trades, 0) end as trades
from judged
left join traded on traded.market = judged.market and traded.bar_at = judged.bar_at;
