/** Random numbers that come out the same for the same seed (mulberry32), so that a case can be replayed. */
export class Chance {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** From 0 up to and without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 up to and without `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** Throws when there is nothing to pick from. */
  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new Error("there is nothing to pick from");
    return picked;
  }
}

const { SNAPDECK_FAULT_SEED, SNAPDECK_FAULT_TIER } = process.env;

/**
 * The seed of a case. `SNAPDECK_FAULT_SEED` replays one. Otherwise it is made from the case's id in the quick tier, so that one run is like
 * the next, and at random in the full one, so that each run tries something else.
 */
export function seedOf(caseId: string): number {
  if (SNAPDECK_FAULT_SEED !== undefined) {
    const seed = Number(SNAPDECK_FAULT_SEED);
    if (!Number.isInteger(seed) || seed < 0) throw new Error("SNAPDECK_FAULT_SEED is no whole number");
    return seed;
  }
  if (SNAPDECK_FAULT_TIER === "full") return Math.floor(Math.random() * 4_294_967_296);
  let hash = 2_166_136_261;
  for (const char of caseId) hash = Math.imul(hash ^ char.charCodeAt(0), 16_777_619) >>> 0;
  return hash;
}
