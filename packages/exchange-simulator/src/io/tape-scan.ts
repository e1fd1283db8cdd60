// The first reading of a tape. In goes a file, out comes what is needed before anything plays, with every line checked.
import { parseTapeLine, type BadLine } from '../core/tape/tape-line.ts';
import type { MarketOpening, TapeContents } from '../core/tape/tape-markets.ts';
import { invalidTape, readTapeLines } from './tape-file.ts';

/**
 * Reads a whole tape once, before anything starts: every line is checked, and what it learns is small.
 *
 * @param onBadLine told of each line that is no frame; without it such a line refuses the tape
 * @throws {ExchangeError} `TAPE_UNREADABLE`, `TAPE_INVALID`
 */
export async function scanTape(file: string, onBadLine?: (line: BadLine) => void): Promise<TapeContents> {
  const badLines = new Set<number>();
  const openings = new Map<string, MarketOpening>();
  const waiting: string[] = [];
  let firstMs: number | undefined;
  let nowMs: number | undefined;
  let number = 0;
  for await (const lines of readTapeLines(file)) {
    for (const line of lines) {
      number++;
      if (isBlank(line)) continue;
      const frame = parseTapeLine(line);
      if (frame.kind === 'invalid') {
        if (!onBadLine) throw invalidTape(file, number, frame.expected);
        badLines.add(number);
        onBadLine({ file, line: number, expected: frame.expected });
        continue;
      }
      if (frame.atMs !== undefined && frame.atMs > (nowMs ?? -Infinity)) nowMs = frame.atMs;
      firstMs ??= nowMs;
      if (!('marketId' in frame) || openings.has(frame.ticker)) continue;
      // Copied: text out of a match would keep its whole chunk of the file alive.
      const ticker = copyOf(frame.ticker);
      if (nowMs === undefined) waiting.push(ticker);
      const levels = frame.kind === 'snapshot' ? frame.levels : undefined;
      openings.set(ticker, { marketId: copyOf(frame.marketId), firstMs: nowMs, levels });
    }
  }
  if (openings.size === 0) throw invalidTape(file, number || 1, 'at least one order-book frame on the tape');
  // Frames before the first that has a time are due with it.
  for (const ticker of waiting) openings.set(ticker, { ...(openings.get(ticker) as MarketOpening), firstMs });
  return { tickers: new Set(openings.keys()), firstMs, openings, badLines };
}

export const isBlank = (line: string): boolean => line === '' || line.trim() === '';

const copyOf = (text: string): string => Buffer.from(text).toString();
