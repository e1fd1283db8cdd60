// Records as the lines of a tape: `{"recv_ms":…,"epoch":…,"event":…}`, the frame and beside it when and on which connection it came.
import { decodeFrame } from '../decode/decode.ts';
import type { FeedRecord, RawRecord } from '../../records.ts';
import { recordToFrame } from './record-to-frame.ts';

/** Makes lines of the records of one recording, in their order: what a hole is of, those before it say. */
export class TapeWriter {
  /** By epoch and sid. */
  readonly #channels = new Map<string, string>();

  /**
   * @returns the line without its end; `null` for a frame that cannot be read: one would make the whole tape unplayable. Where it had a
   * number, a hole of the recording names that.
   */
  line(record: FeedRecord): string | null {
    if (record.kind === 'raw' && !this.#isReadable(record)) return null;
    const { kind, epoch, sid } = record;
    const place = `${epoch}/${sid}`;
    if (kind === 'delta' || kind === 'snapshot') this.#channels.set(place, 'orderbook_delta');
    else if (kind === 'trade' || kind === 'ticker') this.#channels.set(place, kind);
    else if (kind === 'lifecycle') this.#channels.set(place, 'market_lifecycle_v2');
    const frame = recordToFrame(record, this.#channels.get(place))!;
    const atMs = kind === 'gap' ? record.fromAtMs : record.receivedAtMs;
    return `{"recv_ms":${atMs},"epoch":${epoch},"event":${oneLine(frame)}}`;
  }

  #isReadable({ epoch, text }: RawRecord): boolean {
    const message = decodeFrame(text);
    if (message.kind === 'subscribed') this.#channels.set(`${epoch}/${message.sid}`, message.channel);
    return message.kind !== 'violation';
  }
}

const oneLine = (frame: string): string => (/[\r\n]/.test(frame) ? JSON.stringify(JSON.parse(frame)) : frame);
