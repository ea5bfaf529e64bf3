import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Cluster, Work, WorkReport } from "@snapdeck/core/ports/cluster";
import type { Break, CheckProgress, StoreReport } from "@snapdeck/store-checker/store-report";
import type { StoreCheck } from "./work-of.ts";

/** So many breaks are told with the job; the command `snapdeck check-store` names them all. */
const TOLD_BREAKS = 20;

/** Looks at one cluster's part of the store and at our state. Rejects with the reason of `signal` once that is aborted. */
export type Checker = (
  cluster: Cluster,
  options: { readonly bytes: boolean },
  signal: AbortSignal,
  onProgress: (progress: CheckProgress) => void,
) => Promise<StoreReport>;

/** The work of a job of kind `check-store`. What it finds broken is told as `store-broken`; nothing is repaired. */
export function storeCheckWork(check: Checker): StoreCheck {
  return async function* (cluster, options, signal): Work {
    yield { type: "phase", phase: "checking" };
    const reports = new Reports();
    const checking = check(cluster, options, signal, (progress) => reports.put(progressOf(progress)));
    checking.then(reports.end, reports.end);
    yield* reports.untilEnd();
    try {
      yield confirmed(await checking);
    } catch (error) {
      if (!signal.aborted || error instanceof SnapdeckError) throw error;
      yield { type: "stopped" };
    }
  };
}

/** Passes the newest report on to whoever iterates; one that was not taken in time is replaced by the next. */
class Reports {
  #newest: WorkReport | undefined;
  #ended = false;
  #wake: () => void = () => undefined;

  put(report: WorkReport): void {
    this.#newest = report;
    this.#wake();
  }

  readonly end = (): void => {
    this.#ended = true;
    this.#wake();
  };

  async *untilEnd(): AsyncGenerator<WorkReport, void> {
    for (;;) {
      const report = this.#newest;
      this.#newest = undefined;
      if (report !== undefined) yield report;
      else if (this.#ended) return;
      else await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function progressOf(progress: CheckProgress): WorkReport {
  return { type: "progress", ranks: [{ rank: 0, ...progress }] };
}

/** @throws {SnapdeckError} `store-broken` */
function confirmed({ breaks, backups, files, sizeBytes, checked }: StoreReport): WorkReport {
  if (breaks.length > 0) throw storeBroken(breaks);
  const evidence = { kind: "check-store" as const, backups, files, sizeBytes, invariants: checked.length };
  return { type: "confirmed", evidence };
}

function storeBroken(breaks: readonly Break[]): SnapdeckError {
  const count = breaks.length === 1 ? "1 invariant is broken" : `${breaks.length} invariants are broken`;
  const told = breaks
    .slice(0, TOLD_BREAKS)
    .map(({ invariant, subject, detail }) => `${invariant} ${subject}: ${detail}`);
  const more = breaks.length > TOLD_BREAKS ? [`and ${breaks.length - TOLD_BREAKS} more`] : [];
  return new SnapdeckError("store-broken", [`${count}; nothing was changed:`, ...told, ...more].join("\n"), {
    hint: "Verify the backups that are named, and run snapdeck check-store for the whole list and for what can be removed.",
  });
}
