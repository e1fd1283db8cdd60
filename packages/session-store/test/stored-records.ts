// Reads a session back through the views alone, as anybody could, and makes records of the rows.
import { fieldsOf, type FactKind } from '../src/batch/fact-fields.ts';
import type {
  FactRecord,
  GapRecord,
  RawRecord,
  SessionId,
  SessionStore,
  SnapshotRecord,
  StoreRecord,
  TradeRecord,
} from '../src/index.ts';

type Row = Record<string, unknown>;

const ms = (value: unknown) => (value === null ? null : (value as Date).getTime());

export async function storedRecords(store: SessionStore, id: SessionId) {
  const of = async (source: string, order: string): Promise<readonly Row[]> =>
    store.query(`select * from ${source} where session_id = $1 order by ${order}`, [id]);

  const deltas = (await of('deltas', 'epoch, sid, seq')).map((row) => ({
    kind: 'delta',
    ...keyOf(row),
    market: row['market'],
    side: row['side'],
    price: row['price'],
    delta: row['delta'],
    exchangeAtMs: ms(row['exchange_at']),
    ...(row['exchange_at_us'] !== null && { exchangeAtUs: row['exchange_at_us'] }),
    receivedAtMs: ms(row['received_at']),
  })) as StoreRecord[];

  const levels = await of('snapshots', 'epoch, sid, seq, price');
  const snapshots = (await of('snapshot_frames', 'epoch, sid, seq')).map((frame): SnapshotRecord => {
    const mine = levels.filter(
      ({ epoch, sid, seq }) => epoch === frame['epoch'] && sid === frame['sid'] && seq === frame['seq'],
    );
    const side = (name: string) =>
      mine
        .filter((level) => level['side'] === name)
        .map((level) => [level['price'], level['size']] as [number, number]);
    return {
      kind: 'snapshot',
      ...keyOf(frame),
      market: frame['market'] as string,
      receivedAtMs: ms(frame['received_at'])!,
      yes: side('yes'),
      no: side('no'),
    };
  });

  const trades = (await of('trades', 'ordinal')).map((row) => ({
    kind: 'trade',
    ...keyOf(row),
    market: row['market'],
    tradeId: row['trade_id'],
    yesPrice: row['yes_price'],
    size: row['size'],
    takerSide: row['taker_side'],
    isBlockTrade: row['is_block_trade'],
    exchangeAtMs: ms(row['exchange_at']),
    receivedAtMs: ms(row['received_at']),
  })) as TradeRecord[];

  const raw = (await of('raw_frames', 'ordinal')).map((row) => ({
    kind: 'raw',
    ...keyOf(row),
    receivedAtMs: ms(row['received_at']),
    text: row['escaped'] ? (JSON.parse(row['text'] as string) as string) : row['text'],
  })) as RawRecord[];

  const gaps = (await of('gap_records left join markets on id = market_id', 'ordinal')).map((row) => ({
    kind: 'gap',
    epoch: row['epoch'],
    sid: row['sid'],
    firstSeq: row['first_seq'],
    lastSeq: row['last_seq'],
    fromAtMs: ms(row['from_at']),
    toAtMs: ms(row['to_at']),
    cause: row['cause'],
    ...(row['ticker'] !== null && { market: row['ticker'] }),
  })) as GapRecord[];

  const facts = (await of('fact_records left join markets on id = market_id', 'ordinal')).map((row) => {
    const kind = row['kind'] as FactKind;
    const known = (typeof row['data'] === 'string' ? JSON.parse(row['data']) : row['data']) as Row;
    return {
      kind,
      ...keyOf(row),
      market: row['ticker'],
      exchangeAtMs: ms(row['exchange_at']),
      receivedAtMs: ms(row['received_at']),
      ...Object.fromEntries(fieldsOf(kind).map(([name]) => [name, known[name] ?? null])),
    };
  }) as unknown as FactRecord[];

  return { deltas, snapshots, trades, raw, facts, gaps };
}

const keyOf = (row: Row) => ({
  epoch: row['epoch'] as number,
  sid: row['sid'] as number,
  seq: row['seq'] as number,
});
