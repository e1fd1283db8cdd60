/** How much was recorded, as a line tells it. */
export const countsText = ({
  messages,
  snapshots,
  deltas,
  trades,
  gaps,
}: Readonly<Record<'messages' | 'snapshots' | 'deltas' | 'trades' | 'gaps', number>>): string =>
  `${messages} messages, ${snapshots} snapshots, ${deltas} deltas, ${trades} trades, ${gaps} gaps`;
