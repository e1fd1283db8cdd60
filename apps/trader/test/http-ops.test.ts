// The alert rules and the dashboard in ops/: each metric that they ask for is there, and so is each label value. A rule on
// a sample that never comes never fires, and nobody sees that it does not.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startHttpTrader } from './http-trader.ts';

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
};
type Panel = { readonly id: number; readonly title: string; readonly targets?: readonly { readonly expr: string }[] };
type Dashboard = {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
};

const read = (path: string): string => readFileSync(new URL(`../../../ops/${path}`, import.meta.url), 'utf8');
const rules = (parse(read('prometheus/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  ({ rules }) => rules,
);
const dashboard = JSON.parse(read('grafana/trader.json')) as Dashboard;
const queries = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets }) => (targets ?? []).map(({ expr }) => [title, expr] as const)),
  ...dashboard.templating.list.flatMap(({ name, definition }) => (definition ? [[name, definition] as const] : [])),
];

let running: Awaited<ReturnType<typeof startHttpTrader>>;
beforeAll(async () => void (running = await startHttpTrader({ markets: 1 })));
afterAll(() => running?.[Symbol.asyncDispose]());

const scrape = async (): Promise<string> => String((await running.get('/metrics')).body);

/** As Prometheus stores them: a histogram is three. */
function storedOf(text: string): ReadonlySet<string> {
  const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
    type === 'histogram' || type === 'summary' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name!],
  );
  // Made by Prometheus for each target.
  return new Set([...names, 'up']);
}

const WORDS = new Set(['and', 'or', 'unless', 'by', 'without', 'on', 'ignoring', 'bool', 'offset']);

/** The names in a query that are neither functions, nor labels, nor words of the language. */
function metricsOf(query: string): string[] {
  const bare = query
    .replace(/^label_values\((.*), *\w+\)$/, '$1')
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ');
  return [...bare.matchAll(/[a-zA-Z_:][\w:]*(?!\w*\s*\()/g)].map(([name]) => name).filter((name) => !WORDS.has(name));
}

describe('ops/', () => {
  test('asks for something everywhere', () => {
    expect(rules.length).toBeGreaterThan(10);
    for (const [where, query] of queries) expect(metricsOf(query), where).not.toEqual([]);
  });

  test('asks only for metrics that there are', async () => {
    const names = storedOf(await scrape());
    const missing = queries.flatMap(([where, query]) =>
      metricsOf(query).flatMap((name) => (names.has(name) ? [] : [`${where}: ${name}`])),
    );
    expect(missing).toEqual([]);
  });

  test('asks only for label values that there are', async () => {
    const asked = queries.flatMap(([where, query]) =>
      [...query.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, metric, labels]) =>
        [...labels!.matchAll(/(\w+)="[^"]*"/g)]
          // Given by Prometheus to each target.
          .filter(([, label]) => label !== 'job' && label !== 'instance')
          .map(([pair]) => ({
            where,
            sample: `${metric}{${pair}}`,
            is: new RegExp(`^${metric}\\{([^}]*,)?${pair}[,}]`, 'm'),
          })),
      ),
    );
    expect(asked.length).toBeGreaterThan(5);
    // Some come by themselves a moment later: the sessions, once the database has counted them.
    const missing = async () => {
      const text = await scrape();
      return asked.filter(({ is }) => !is.test(text)).map(({ where, sample }) => `${where}: ${sample}`);
    };
    await expect.poll(missing).toEqual([]);
  });

  test('uses every metric of ours somewhere in the dashboard or the alerts', async () => {
    const used = new Set(queries.flatMap(([, query]) => metricsOf(query)));
    const ours = [...storedOf(await scrape())].filter(
      (name) => name.startsWith('trader_') && !/_(sum|count)$/.test(name),
    );
    expect(ours.filter((name) => !used.has(name))).toEqual([]);
  });

  test('has alerts that say how bad it is and what to do, and panels that explain themselves', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Trader[A-Z]/);
      expect(['critical', 'warning', 'info'], alert).toContain(labels.severity);
      expect(annotations.description.length, alert).toBeGreaterThan(20);
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});
