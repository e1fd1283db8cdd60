-- How each market ended: the latest that was said of its outcome, of what a YES contract pays, and of when. One that nobody recorded the
-- end of is not in it.
--
-- What was never said is null. `outcomes` is how many different ones were said: more than 1 is a correction. `known_at` is when the
-- outcome, or what it pays, first arrived here: nothing of it may be used before.
--
--   from settlement_per_market where series = 'KXGOLD15M' order by market;
create or replace view settlement_per_market as
select
  series, market,
  last(result order by received_at, source) filter (where result is not null) as result,
  last(settlement_value order by received_at, source) filter (where settlement_value is not null) as settlement_value,
  last(determined_at order by received_at, source) filter (where determined_at is not null) as determined_at,
  last(settled_at order by received_at, source) filter (where settled_at is not null) as settled_at,
  count(distinct result) as outcomes,
  min(received_at) filter (where result is not null or settlement_value is not null) as known_at
from settlements
group by series, market;
