// When orders come to one market. In goes how many levels each order changed, out comes when the next one is due.
//
// Recorded markets are bursty on every scale: most tenths of a second see a few changes, one in a hundred sees fifty and
// more, whole minutes are busy or calm, and now and then nothing comes for some seconds. So orders come in episodes,
// mostly of one, sometimes of dozens within a tenth of a second; episodes follow an intensity that wanders, with pauses
// between some of them.

const STEP_MICROS = 5_000_000;
const MEMORY = 0.7;
/** Standard deviation of the logarithm of the intensity. */
const SWING = 0.45;
/** A market that is silent for longer than this many steps does so at the mean intensity. */
const MOST_STEPS = 100;
const FIRST_GUESS_PER_EPISODE = 5;
const USUAL_CHANGES_PER_MICRO = 50 / 1_000_000;
/** Share of the time in which nothing comes at all, in markets up to the usual rate; busier ones have less of it. */
const PAUSED_SHARE = 0.2;
const SHORTEST_PAUSE_MICROS = 1_000_000;
const MEAN_PAUSE_MICROS = 2_300_000;
/** Episodes of a slow market are further apart than that anyway. */
const MOST_PAUSE_CHANCE = 0.1;

export type Episode = 'single' | 'cluster' | 'push';

export class FlowRhythm {
  readonly #changesPerMicro: number;
  readonly #burstScale: number;
  readonly #pausedShare: number;
  readonly #random: () => number;
  #left = 1;
  #episode: Episode = 'single';
  #logIntensity: number;
  #stepLeftMicros = STEP_MICROS;
  #episodes = 1;
  #withinMicros = 0;
  #changes = FIRST_GUESS_PER_EPISODE;

  /** @param changesPerSecond mean over a long time */
  constructor(changesPerSecond: number, random: () => number) {
    this.#changesPerMicro = changesPerSecond / 1_000_000;
    this.#burstScale = Math.max(0.25, (this.#changesPerMicro / USUAL_CHANGES_PER_MICRO) ** 0.6);
    this.#pausedShare = PAUSED_SHARE * Math.min(1, USUAL_CHANGES_PER_MICRO / this.#changesPerMicro);
    this.#random = random;
    this.#logIntensity = SWING * normal(random);
  }

  /** What kind of episode the next order is part of. */
  get episode(): Episode {
    return this.#episode;
  }

  /**
   * To be called after each order.
   *
   * @param changes how many levels it changed
   * @returns microseconds until the next order, and whether an episode begins with it
   */
  after(changes: number): { gapMicros: number; begins: boolean } {
    this.#changes += changes;
    if (--this.#left > 0) return { gapMicros: this.#shortGap(), begins: false };
    this.#episodes++;
    [this.#episode, this.#left] = this.#newEpisode();
    // With the mean size of episodes so far the mean rate comes out right, however the orders turn out.
    const mean = this.#changes / this.#episodes / this.#changesPerMicro;
    // Time that went by within episodes is not waited again; what is too much of it, the next gaps make good.
    const pauseChance = Math.min(MOST_PAUSE_CHANCE, (this.#pausedShare * mean) / MEAN_PAUSE_MICROS);
    const meanGap = mean - pauseChance * MEAN_PAUSE_MICROS;
    const gapMicros = this.#stretched(-Math.log(1 - this.#random()) * meanGap) - this.#withinMicros;
    this.#withinMicros = Math.max(0, -gapMicros);
    return { gapMicros: Math.max(0, gapMicros) + this.#pause(pauseChance), begins: true };
  }

  /** Recorded markets fall silent for some seconds now and then, more often than chance alone would have it. */
  #pause(chance: number): number {
    if (this.#random() >= chance) return 0;
    return SHORTEST_PAUSE_MICROS - Math.log(1 - this.#random()) * (MEAN_PAUSE_MICROS - SHORTEST_PAUSE_MICROS);
  }

  #shortGap(): number {
    const unit = this.#random() < 0.12 ? this.#random() * 40 : -Math.log(1 - this.#random()) * 1300;
    // A market that is busier than any recorded one is so in its bursts, too.
    const gap = unit / Math.max(1, this.#changesPerMicro / USUAL_CHANGES_PER_MICRO);
    this.#withinMicros += gap;
    return gap;
  }

  #newEpisode(): [Episode, number] {
    const kind = this.#random();
    const long = -Math.log(1 - this.#random()) * this.#burstScale;
    if (kind < 0.55) return ['single', 1];
    if (kind < 0.96) return ['cluster', 2 + Math.floor(3 * long)];
    return ['push', 12 + Math.floor(16 * long)];
  }

  /** Lets a gap pass at the wandering intensity. */
  #stretched(gapMicros: number): number {
    let waited = 0;
    let left = gapMicros;
    for (let step = 0; step < MOST_STEPS; step++) {
      const intensity = Math.exp(this.#logIntensity - (SWING * SWING) / 2);
      if (left <= this.#stepLeftMicros * intensity) {
        this.#stepLeftMicros -= left / intensity;
        return waited + left / intensity;
      }
      waited += this.#stepLeftMicros;
      left -= this.#stepLeftMicros * intensity;
      this.#stepLeftMicros = STEP_MICROS;
      const noise = SWING * Math.sqrt(1 - MEMORY * MEMORY) * normal(this.#random);
      this.#logIntensity = MEMORY * this.#logIntensity + noise;
    }
    return waited + left;
  }
}

/** Box and Muller's. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
