// prom-client, used in one way: nothing is counted twice. What already counts itself is read at each scrape.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A number with its labels. */
export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly number: number };

/** Every member of a union, each named once: one that is forgotten does not compile. */
export const keysOf = <Key extends string>(each: Record<Key, 0>): readonly Key[] => Object.keys(each) as Key[];

/** Metrics that are read off a `View`, which is made anew for each scrape. */
export class MetricRegistry<View> {
  readonly #registry = new Registry();
  #view: View | null = null;

  /** A total that somebody else keeps. It may begin at 0 again, as Prometheus expects of what restarts. */
  counter(name: string, help: string, read: (view: View) => number): void {
    this.counterBy(name, help, null, (view) => [['', read(view)]]);
  }

  /** @param label `null` for a total without labels */
  counterBy(
    name: string,
    help: string,
    label: string | null,
    read: (view: View) => Iterable<readonly [value: string, number: number]>,
  ): void {
    const samples = (): ReturnType<typeof read> => read(this.#view!);
    const counter = new Counter({
      name,
      help,
      labelNames: label === null ? [] : [label],
      registers: [],
      collect() {
        this.reset();
        for (const [value, number] of samples()) this.inc(label === null ? {} : { [label]: value }, number);
      },
    });
    this.#registry.registerMetric(counter);
  }

  /** @param read `null`: nobody knows, and no sample is given */
  gauge(name: string, help: string, read: (view: View) => number | null): void {
    this.gaugeBy(name, help, [], (view) => {
      const number = read(view);
      return number === null ? [] : [{ labels: {}, number }];
    });
  }

  gaugeBy(name: string, help: string, labelNames: readonly string[], read: (view: View) => Iterable<Sample>): void {
    const samples = (): Iterable<Sample> => read(this.#view!);
    const gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [],
      collect() {
        this.reset();
        // Without labels `reset` leaves a 0, which would be told as if it were known.
        this.remove({});
        for (const { labels, number } of samples()) this.set(labels, number);
      },
    });
    this.#registry.registerMetric(gauge);
  }

  /** One sample a state: 1 for the present one, 0 for every other. */
  stateSet(name: string, help: string, label: string, states: readonly string[], read: (view: View) => string): void {
    this.gaugeBy(name, help, [label], (view) => {
      const present = read(view);
      return states.map((state) => ({ labels: { [label]: state }, number: state === present ? 1 : 0 }));
    });
  }

  /** @throws {RangeError} for a bound of -1, which prom-client 15 takes for "above every bound" and counts wrongly */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    if (buckets.includes(-1)) throw new RangeError(`${name}: choose another bound than -1`);
    const histogram = new Histogram({ name, help, buckets: [...buckets], registers: [] });
    this.#registry.registerMetric(histogram);
    return histogram;
  }

  /** The text that Prometheus reads, of one moment. */
  async text(view: View): Promise<string> {
    this.#view = view;
    return this.#registry.metrics();
  }
}
