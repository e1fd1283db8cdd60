-- Books out of snapshots and deltas. `open.sql` ends with this; the other queries build on it.

-- Each snapshot begins a book, which ends with the market's next snapshot in that session.
create or replace view book_bases as
select
  session_id, series, market, epoch, sid, seq as base_seq, received_at as from_at,
  lead(received_at, 1, 'infinity') over (
    partition by series, market, session_id order by received_at, epoch, seq
  ) as until_at
from (select distinct session_id, series, market, epoch, sid, seq, received_at from snapshots);

-- What each snapshot sets and each delta changes, with the snapshot that it is counted from. Numbers say the order: where the recorder's
-- clock stepped back, what came later counts as having arrived at the time before.
create or replace view book_changes as
with changes as (
  select session_id, series, market, epoch, sid, seq, side, price, size as change, received_at
  from snapshots where side is not null
  union all
  select session_id, series, market, epoch, sid, seq, side, price, delta, received_at from deltas
)
select
  changes.* exclude (received_at), bases.base_seq, bases.until_at,
  greatest(bases.from_at, max(changes.received_at) over (
    partition by changes.series, changes.market, changes.session_id, changes.epoch, changes.sid, bases.base_seq
    order by changes.seq rows between unbounded preceding and current row
  )) as from_at
from changes
asof join book_bases as bases
  on changes.series = bases.series and changes.market = bases.market and changes.session_id = bases.session_id
  and changes.epoch = bases.epoch and changes.sid = bases.sid and changes.seq >= bases.base_seq;

-- What rests at each price, and from when until when. Read it together with `covered`: behind a hole it is not known.
create or replace view book_levels as
select * from (
  select
    session_id, series, market, side, price,
    (sum(change) over level)::bigint as size,
    from_at,
    least(lead(from_at, 1, 'infinity') over level, until_at) as until_at
  from book_changes
  window level as (
    partition by series, market, session_id, epoch, sid, base_seq, side, price order by seq
    rows between unbounded preceding and current row
  )
)
where size > 0 and from_at < until_at;

-- When a market's book is known, and from which session.
create or replace view covered as
select series, market, session_id, from_at, to_at from coverage where covered;

-- From a market's first snapshot to the last that came of its book.
create or replace view market_spans as
select series, market, min(received_at) as first_at, max(received_at) as last_at
from (
  select series, market, received_at from snapshots
  union all
  select series, market, received_at from deltas
)
group by series, market;
