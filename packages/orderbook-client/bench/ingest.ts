// Frames a second from the socket to the listener. node ingest.ts [--tls]
import { trustedCertificate } from './certificate.ts';
import { ccxtStyle, ours, pmxt } from './client-readers.ts';
import { figureOf, read, summaryOf, type Reader } from './reader.ts';
import { atLeast, print, round, type Row } from './report.ts';
import { interleave } from './rounds.ts';
import { startSender } from './sender-process.ts';
import { bytesOnly, parseOnly, receiveOnly } from './socket-readers.ts';

const secure = process.argv.includes('--tls');
const options = { grid: 'cent', markets: 1000, deltas: 300_000 } as const;
const least = secure ? 0.8 : 1;
const contenders: Reader[] = [bytesOnly, receiveOnly, parseOnly, ours, ...(secure ? [] : [pmxt, ccxtStyle])];

await using sender = await startSender({ ...options, ...(secure && { tls: await trustedCertificate() }) });
const results = await interleave(contenders, 5, (reader) => read(reader, sender));

const summaries = new Map(contenders.map((reader) => [reader, summaryOf(results.get(reader)!)]));
const unit = summaries.get(parseOnly)!.framesPerSecond;

const row = (reader: Reader): Row => {
  const summary = summaries.get(reader)!;
  const { wrongBooks } = summary;
  const ratio = summary.framesPerSecond / unit;
  if (reader === ours && wrongBooks > 0) throw new Error(`${wrongBooks} books of ours are wrong`);
  return {
    what: wrongBooks > 0 ? `${reader.name} (${wrongBooks} of ${options.markets} best bids wrong)` : reader.name,
    figure: figureOf(summary),
    ratio: `${ratio.toFixed(2)} U`,
    ...(reader === ours && { goal: atLeast(ratio, least) }),
  };
};

print({
  title: `Ingest over ${secure ? 'wss' : 'ws'}`,
  input:
    `${options.markets} cent markets, ${round(sender.levelsPerBook)} levels a book, ${options.deltas} deltas of ` +
    `${round(sender.deltaBytes / options.deltas)} bytes, median of 5 rounds`,
  rows: contenders.map(row),
});
