// The rate at 50,000 markets against that at 1,000, every change in a random one of them: the worst case for caches.
import { ours } from './client-readers.ts';
import { figureOf, read, summaryOf, type Reader, type Run } from './reader.ts';
import { atLeast, print, round, times, type Row } from './report.ts';
import { interleave } from './rounds.ts';
import { startSender, type Sender } from './sender-process.ts';
import { parseAndLookUp } from './socket-readers.ts';

const few = 1000;
const many = 50_000;
const deltas = 300_000;

await using fewSender = await startSender({ grid: 'cent', markets: few, deltas });
await using manySender = await startSender({ grid: 'cent', markets: many, deltas });

type Contender = { readonly reader: Reader; readonly sender: Sender };
const contenders: Contender[] = [fewSender, manySender].flatMap((sender) => [
  { reader: parseAndLookUp(sender.markets), sender },
  { reader: ours, sender },
]);
const results = await interleave(contenders, 4, ({ reader, sender }) => read(reader, sender));
const [lookUpFew, oursFew, lookUpMany, oursMany] = contenders.map((contender) => {
  const summary = summaryOf(results.get(contender)!);
  if (summary.wrongBooks > 0) throw new Error(`${contender.reader.name} has wrong books`);
  return summary;
}) as [Run, Run, Run, Run];

function rows(name: string, atFew: Run, atMany: Run, least?: number): Row[] {
  const ratio = atMany.framesPerSecond / atFew.framesPerSecond;
  return [
    { what: `${name}, ${few} markets`, figure: figureOf(atFew) },
    {
      what: `${name}, ${many} markets`,
      figure: figureOf(atMany),
      ratio: times(ratio),
      ...(least !== undefined && { goal: atLeast(ratio, least) }),
    },
  ];
}

print({
  title: 'Many markets',
  input: `cent markets, ${round(manySender.levelsPerBook)} levels a book, ${deltas} deltas, median of 4 rounds`,
  rows: [
    ...rows('bare ws + JSON.parse + Map look-up', lookUpFew, lookUpMany),
    ...rows(ours.name, oursFew, oursMany, 0.4),
  ],
});
