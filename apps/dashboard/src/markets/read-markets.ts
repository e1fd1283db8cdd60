// What all wanted markets are called, page after page.
import type { Answer } from '../live/answers.ts';
import { live } from '../live/live.ts';

export type Described = Answer<'/markets'>['markets'][number];

export async function readMarkets(path: string, signal: AbortSignal): Promise<readonly Described[]> {
  const all: Described[] = [];
  for (let next: string | null = null, isFirst = true; isFirst || next !== null; isFirst = false) {
    const query: string = next === null ? '' : `?after=${encodeURIComponent(next)}`;
    const page: Answer<'/markets'> = await live.ask<Answer<'/markets'>>(path + query, { signal });
    all.push(...page.markets);
    next = page.next;
  }
  return all;
}
