import { ChunkMerge } from './chunk-merge.ts';
import { SessionStoreError } from '../../errors.ts';
import type { DeltaRecord } from '../../records.ts';
import { damagedChunk, type OnDamage } from '../damage.ts';
import { deltaChunkOf, type DeltaChunk } from './delta-chunk.ts';
import { fetchChunks, listChunks, type ChunkKey } from './delta-chunks.ts';
import type { MarketNames } from '../market-names.ts';
import type { Read } from '../read.ts';
import { holds, type Stretch } from '../stretch.ts';

/** Deltas asked for at a time, about: some 2 MB of text on their way here. */
const pageRecords = 20_000;

/** Chunks listed at a time: some 50 million deltas where they are as full as they should be. */
const firstListed = 10_000;

/** A chunk is rewritten a few times in its life, so that one never has to try that often. */
const mostRewritten = 50;

/**
 * A stretch's deltas by rising number, from both levels: fresh chunks and those of one market into which they are rewritten
 * meanwhile. A list of what there is, of one moment, says which chunks come next. One that is not there any more when it is
 * fetched was rewritten, and the list is made anew from the last number that was given.
 *
 * Holds a page, and of each market the chunk that is being read.
 *
 * @param onDamage called for a chunk that cannot be read, which is left out
 */
export async function* deltaPages(
  read: Read,
  names: MarketNames,
  stretch: Stretch,
  onDamage: OnDamage,
): AsyncGenerator<readonly DeltaRecord[]> {
  let done = -Infinity;
  let rewritten = 0;
  for (let [isLast, listed] = [false, firstListed]; !isLast;) {
    const { keys, nextFirstSeq } = await listChunks(read, stretch, done, listed);
    const open = new ChunkMerge<NamedChunk>();
    const doneBefore = done;
    isLast = nextFirstSeq === null;
    for (let at = 0; at < keys.length;) {
      const wanted = pageFrom(keys, at);
      const rows = await fetchChunks(read, stretch, wanted);
      if (!rows) {
        if (++rewritten > mostRewritten) throw neverAtRest();
        isLast = false;
        break;
      }
      rewritten = 0;
      for (const row of rows) {
        const chunk = deltaChunkOf(row);
        if (!chunk) {
          onDamage(damagedChunk('deltas', row));
          continue;
        }
        open.add({ ...chunk, markets: await names.of(chunk.marketIds) }, done);
      }
      at += wanted.length;
      // Whatever has not been fetched begins at this number at the earliest.
      const until = keys[at]?.firstSeq ?? nextFirstSeq ?? Infinity;
      const page: DeltaRecord[] = [];
      open.drain(until, (chunk, from, to) => addDeltas(page, chunk, from, to, stretch));
      if (until < Infinity) done = Math.max(done, until - 1);
      yield page;
    }
    // More chunks lie side by side than were listed.
    if (!isLast && rewritten === 0 && done === doneBefore) listed *= 2;
  }
}

const neverAtRest = () =>
  new SessionStoreError('QUERY_FAILED', 'Reading deltas failed: they are rewritten faster than they can be read.', {
    retryable: true,
  });

function pageFrom(keys: readonly ChunkKey[], at: number): readonly ChunkKey[] {
  let records = 0;
  let end = at;
  const fits = (key: ChunkKey) =>
    // Chunks of one first number are fetched together: a fetch cannot tell them apart.
    key.firstSeq === keys[end - 1]!.firstSeq || records + key.records <= pageRecords;
  do records += keys[end++]!.records;
  while (end < keys.length && fits(keys[end]!));
  return keys.slice(at, end);
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

type NamedChunk = DeltaChunk & { readonly markets: readonly string[] };

function addDeltas(
  page: DeltaRecord[],
  chunk: NamedChunk,
  from: number,
  to: number,
  { epoch, sid, span, markets }: Stretch,
): void {
  const { seqs, marketIds, yes, prices, deltas, receivedAtMs, delays, micros } = chunk;
  for (let index = from; index < to; index++) {
    const receivedAt = receivedAtMs[index]!;
    if (!holds(span, receivedAt) || (markets !== null && !markets.has(marketIds[index]!))) continue;
    const delay = delays[index]!;
    const exchangeAtMs = Number.isNaN(delay) ? null : receivedAt - delay;
    const record: Writable<DeltaRecord> = {
      kind: 'delta',
      epoch,
      sid,
      seq: seqs[index]!,
      market: chunk.markets[index]!,
      side: yes[index] === 1 ? 'yes' : 'no',
      price: prices[index]!,
      delta: deltas[index]!,
      exchangeAtMs,
      receivedAtMs: receivedAt,
    };
    const microseconds = micros[index] ?? Number.NaN;
    if (microseconds >= 0) record.exchangeAtUs = exchangeAtMs! * 1000 + microseconds;
    page.push(record);
  }
}
