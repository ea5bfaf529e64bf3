import type { PreviousData } from "@snapdeck/contract/cluster";
import type { ClusterId, JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterObservation } from "@snapdeck/core/ports/cluster";
import type { JobStore } from "@snapdeck/core/ports/job-store";

const HOUR_MS = 60 * 60 * 1_000;

/** What a restore put aside, with what only this server knows of it: whose backup was restored, and when it is let go by itself. */
export class PreviousDataRule {
  readonly #store: Pick<JobStore, "get">;
  readonly #keepHours: number;

  /** @param keepHours 0: only a person lets it go */
  constructor(store: Pick<JobStore, "get">, keepHours: number) {
    this.#store = store;
    this.#keepHours = keepHours;
  }

  async shownOf(clusterId: ClusterId, { previousData }: ClusterObservation): Promise<PreviousData | undefined> {
    if (previousData === undefined) return undefined;
    const { restoreId, swappedAt } = previousData;
    const job = await this.#store.get(restoreId);
    const letGoAt = this.letGoAt(swappedAt);
    return {
      restoreId,
      swappedAt,
      ...(job?.work.kind === "restore" && job.clusterId === clusterId ? { backupId: job.work.backupId } : {}),
      ...(letGoAt === undefined ? {} : { letGoAt }),
    };
  }

  /** Undefined when only a person lets it go. */
  letGoAt(swappedAt: string): string | undefined {
    if (this.#keepHours === 0) return undefined;
    return new Date(Date.parse(swappedAt) + this.#keepHours * HOUR_MS).toISOString();
  }
}

/** @throws {SnapdeckError} `no-previous-data` unless what that restore put aside is what was observed to be there */
export function mustHavePutAside({ previousData }: ClusterObservation, restoreId: JobId): void {
  if (previousData?.restoreId === restoreId) return;
  const now =
    previousData === undefined ? "nothing is kept" : `what is kept is that of restore ${previousData.restoreId}`;
  throw new SnapdeckError(
    "no-previous-data",
    `restore ${restoreId} put nothing aside that is still there: ${now}; nothing was changed`,
    { hint: "Look at the Cluster page: it says which restore can be undone. To go back further, restore a backup." },
  );
}
