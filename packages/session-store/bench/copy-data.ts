// PostgreSQL's binary COPY format: https://www.postgresql.org/docs/18/sql-copy.html ("Binary Format").
import type { DeltaRecord } from '../src/index.ts';

const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** Signature, flags, and the length of an extension that is not there. */
const headBytes = signature.length + 8;
const fields = 10;
/** Field count, then a length before each of: uuid, 2 timestamps, 3 bigints, 3 integers, 1 boolean. */
const rowBytes = 2 + fields * 4 + 16 + 5 * 8 + 3 * 4 + 1;
/** PostgreSQL counts microseconds from the year 2000. */
const epochMs = Date.UTC(2000, 0, 1);

export function copyData(
  session: string,
  records: readonly DeltaRecord[],
  marketIds: ReadonlyMap<string, number>,
): Buffer {
  const buffer = Buffer.allocUnsafe(headBytes + records.length * rowBytes + 2);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  const id = Buffer.from(session.replaceAll('-', ''), 'hex');
  buffer.set(signature);
  view.setInt32(signature.length, 0);
  view.setInt32(signature.length + 4, 0);
  let at = headBytes;
  const integer = (value: number) => {
    view.setInt32(at, 4);
    view.setInt32(at + 4, value);
    at += 8;
  };
  const bigint = (value: number) => {
    view.setInt32(at, 8);
    // A BigInt for each value would cost more than all the rest.
    view.setInt32(at + 4, Math.floor(value / 2 ** 32));
    view.setUint32(at + 8, value >>> 0);
    at += 12;
  };
  for (const record of records) {
    view.setInt16(at, fields);
    view.setInt32(at + 2, 16);
    buffer.set(id, at + 6);
    at += 22;
    integer(record.epoch);
    bigint(record.sid);
    bigint(record.seq);
    integer(marketIds.get(record.market)!);
    view.setInt32(at, 1);
    view.setInt8(at + 4, record.side === 'yes' ? 1 : 0);
    at += 5;
    integer(record.price);
    bigint(record.delta);
    bigint((record.exchangeAtMs! - epochMs) * 1000);
    bigint((record.receivedAtMs - epochMs) * 1000);
  }
  view.setInt16(at, -1);
  return buffer;
}
