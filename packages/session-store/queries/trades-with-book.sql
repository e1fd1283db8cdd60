-- Each trade with the best prices, and what rested there, of the book before it: after all that had arrived before the millisecond in
-- which the trade arrived.
--
-- Where the book was not known then `covered` is false and all of it null: no older book takes its place.
--
--   from trades_with_book where market = 'KXGOLD15M-26AUG102115-15' order by received_at, seq;
create or replace view trades_with_book as
with known as (
  select trades.*, covered.session_id as book_session_id
  from trades
  left join covered
    on covered.series = trades.series and covered.market = trades.market
    and covered.from_at < trades.received_at and trades.received_at <= covered.to_at
),
best as (
  select
    known.session_id, known.market, known.trade_id, known.received_at,
    max(levels.price) filter (levels.side = 'yes') as yes_bid,
    arg_max(levels.size, levels.price) filter (levels.side = 'yes') as yes_bid_size,
    max(levels.price) filter (levels.side = 'no') as no_bid,
    arg_max(levels.size, levels.price) filter (levels.side = 'no') as no_bid_size
  from known
  join book_levels as levels
    on levels.series = known.series and levels.market = known.market and levels.session_id = known.book_session_id
    and levels.from_at < known.received_at and known.received_at <= levels.until_at
  group by known.session_id, known.market, known.trade_id, known.received_at
)
select
  known.* exclude (book_session_id), known.book_session_id is not null as covered,
  best.yes_bid, best.yes_bid_size, best.no_bid, best.no_bid_size
from known
left join best
  on best.session_id = known.session_id and best.market = known.market
  and best.trade_id = known.trade_id and best.received_at = known.received_at;
