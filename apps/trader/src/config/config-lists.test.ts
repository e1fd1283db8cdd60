import { expect, test } from 'vitest';
import { resolveConfig } from './load-config.ts';

test('each wrong entry of each list is told, at once', () => {
  const wrong = { markets: 'KXA,kxb,KXC D,KXE', channels: 'trade,tarde', series: '-X' };
  let text = '';
  try {
    resolveConfig(wrong, {}, { directory: '/nowhere' });
  } catch (error) {
    text = (error as Error).message;
  }
  const lines = text.split('\n');
  for (const part of ['markets[2]', '"kxb"', 'markets[3]', '"KXC D"', 'channels[2]', '"tarde"', 'series[1]', '"-X"'])
    expect(text).toContain(part);
  expect(lines.filter((line) => line.includes('must be'))).toHaveLength(4);
});
