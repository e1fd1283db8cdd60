-- How much rests on each side of each market's book, in bars of so many seconds: the mean over time.
--
-- Time in a hole of the recording does not count: the mean is over `covered_seconds`, and null where these are 0.
--
--   from depth_over_time(60) where market = 'KXGOLD15M-26AUG102115-15' order by bar_at, side;
create or replace macro depth_over_time(bar_seconds) as table
with bars as (
  select series, market, side, to_timestamp(unnest(generate_series(
    floor(epoch_ms(first_at) / (bar_seconds * 1000.0))::bigint, floor(epoch_ms(last_at) / (bar_seconds * 1000.0))::bigint
  )) * bar_seconds) as bar_at
  from market_spans cross join (values ('yes'), ('no')) as sides (side)
),
-- A snapshot sets both sides, also one on which nothing rests.
changes as (
  select session_id, series, market, epoch, sid, base_seq, seq, side, sum(change) as change,
    max(from_at) as from_at, any_value(until_at) as until_at
  from (
    select session_id, series, market, epoch, sid, base_seq, seq, side, change, from_at, until_at from book_changes
    union all
    select session_id, series, market, epoch, sid, base_seq, base_seq, side, 0, from_at, until_at
    from book_bases cross join (values ('yes'), ('no')) as sides (side)
  )
  group by session_id, series, market, epoch, sid, base_seq, seq, side
),
depths as (
  select
    session_id, series, market, side, from_at,
    least(lead(from_at, 1, 'infinity') over of_side, until_at) as until_at,
    sum(change) over of_side as depth
  from changes
  window of_side as (
    partition by series, market, session_id, epoch, sid, base_seq, side order by seq
    rows between unbounded preceding and current row
  )
),
known as (
  select
    depths.series, depths.market, depths.side, depths.depth,
    greatest(depths.from_at, covered.from_at) as from_at,
    least(depths.until_at, covered.to_at, spans.last_at) as until_at
  from depths
  join covered
    on covered.series = depths.series and covered.market = depths.market and covered.session_id = depths.session_id
    and depths.from_at < covered.to_at and covered.from_at < depths.until_at
  join market_spans as spans on spans.series = depths.series and spans.market = depths.market
),
in_bars as (
  select
    bars.market, bars.side, bars.bar_at, known.depth,
    least(epoch_ms(known.until_at), epoch_ms(bars.bar_at) + bar_seconds * 1000)
      - greatest(epoch_ms(known.from_at), epoch_ms(bars.bar_at)) as ms
  from bars
  join known
    on known.series = bars.series and known.market = bars.market and known.side = bars.side
    and known.from_at < known.until_at
    and known.from_at < bars.bar_at + to_seconds(bar_seconds) and bars.bar_at < known.until_at
)
select
  bars.series, bars.market, bars.side, bars.bar_at,
  (sum(depth * ms) / sum(ms))::double as mean_depth,
  coalesce(sum(ms), 0)::double / 1000 as covered_seconds
from bars
left join in_bars on in_bars.market = bars.market and in_bars.side = bars.side and in_bars.bar_at = bars.bar_at
group by bars.series, bars.market, bars.side, bars.bar_at;
