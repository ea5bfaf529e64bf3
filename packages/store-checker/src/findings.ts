import type { Invariant } from "./store-report.ts";

/** Something that looks broken: reported only if it still does when it is looked at again. */
export type Finding = {
  readonly invariant: Invariant;
  readonly kind: string;
  readonly subject: string;
  readonly detail: string;
  readonly backup?: string;
  /** How many files it is about; fewer with each look means that somebody is removing them. */
  readonly amount?: number;
  /** True when nothing owns what stands at `subject` in the store, so that a repair may remove it. */
  readonly removable?: boolean;
};

/** Of one kind in one place that many are named; then they are only counted. */
const NAMED = 100;

/** What one look found, and how many facts it rests on. */
export class Findings {
  readonly #named = new Map<string, Finding>();
  readonly #counts = new Map<string, { first: Finding; count: number }>();
  readonly facts = new Map<Invariant, number>();

  /** Counts facts that were looked at, whether they were as they must be or not. */
  looked(invariant: Invariant, facts = 1): void {
    this.facts.set(invariant, (this.facts.get(invariant) ?? 0) + facts);
  }

  /** Takes over what another look found. */
  absorb(other: Findings): void {
    for (const [invariant, facts] of other.facts) this.looked(invariant, facts);
    for (const finding of other.all().values()) this.broken(finding);
  }

  broken(finding: Finding): void {
    const group = JSON.stringify([finding.kind, finding.invariant, finding.backup]);
    const { first, count } = this.#counts.get(group) ?? { first: finding, count: 0 };
    this.#counts.set(group, { first, count: count + 1 });
    if (count < NAMED) this.#named.set(keyOf(finding), finding);
  }

  /** Each by what stays the same when it is looked at again; numbers in its words may have changed by then. */
  all(): Map<string, Finding> {
    const all = new Map(this.#named);
    for (const { first, count } of this.#counts.values()) {
      if (count <= NAMED) continue;
      const more = {
        ...first,
        subject: first.backup ?? "the state",
        detail: `${count - NAMED} more like those named (${first.kind})`,
      };
      const { removable: _, ...said } = more;
      all.set(keyOf(said), said);
    }
    return all;
  }
}

function keyOf({ invariant, kind, subject }: Finding): string {
  return JSON.stringify([invariant, kind, subject]);
}
