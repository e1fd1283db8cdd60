// prom-client, used in one way: nothing is counted twice. What already counts itself is read at each scrape.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { PartReader } from '../../part-reader.ts';

/** A number with its labels. */
export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly number: number };

/** Every member of a union, each named once: one that is forgotten does not compile. */
export const keysOf = <Key extends string>(each: Record<Key, 0>): readonly Key[] => Object.keys(each) as Key[];

/** Metrics that are read off a `View`, which is made anew for each scrape. What cannot be read has no sample, and is counted. */
export class MetricRegistry<View> {
  readonly #registry = new Registry();
  /** Samples that could not be read, by metric. */
  readonly #unreadable = new Map<string, number>();
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
    const each = this.#reader(name, read);
    const counter = new Counter({
      name,
      help,
      labelNames: label === null ? [] : [label],
      registers: [],
      collect() {
        this.reset();
        // Without labels `reset` leaves a 0, which would be told as if it were known.
        this.remove({});
        each(([value, number]) => {
          if (!Number.isFinite(number)) throw new TypeError(`${number} is no number`);
          this.inc(label === null ? {} : { [label]: value }, number);
        });
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
    const each = this.#reader(name, read);
    const gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [],
      collect() {
        this.reset();
        this.remove({});
        each(({ labels, number }) => this.set(labels, number));
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

  /** A total of what could not be read, by metric. To be defined behind all others, as they are read in that order. */
  countUnreadable(name: string, help: string): void {
    this.counterBy(name, help, 'metric', () => this.#unreadable);
  }

  /** The text that Prometheus reads, of one moment. @param view `null` when there is none: what depends on it is not told */
  async text(view: View | null): Promise<string> {
    this.#view = view;
    return this.#registry.metrics();
  }

  /** @returns does something for each of the metric's samples; one that cannot be read, or taken, costs none of the others */
  #reader<One>(name: string, read: (view: View) => Iterable<One>): (take: (one: One) => void) => void {
    return (take) => {
      const parts = new PartReader();
      const samples = parts.read(name, () => [...read(this.#view!)]) ?? [];
      parts.each(samples, () => name, take);
      const missing = parts.unreadable.length;
      if (missing > 0) this.#unreadable.set(name, (this.#unreadable.get(name) ?? 0) + missing);
    };
  }
}
