import type { Job } from "@snapdeck/contract/job";
import type { ClusterId } from "@snapdeck/contract/scalars";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import type { BackupCatalog } from "./backup-catalog.ts";

/** How many earlier jobs an expected time looks at. */
const LOOKS_AT = 5;

type Past = { readonly sizeBytes: number; readonly tookMs: number };

/** Sizes and times of this cluster's last restores, newest first; of its last backups when it was never restored. */
export async function readHistory(store: JobStore, catalog: BackupCatalog, clusterId: ClusterId): Promise<Past[]> {
  const restores = await store.lastSucceeded(clusterId, "restore", LOOKS_AT);
  const past = await Promise.all(restores.map((job) => pastRestore(catalog, job)));
  const known = past.filter((each) => each !== undefined);
  if (known.length > 0) return known;
  const backups = await store.lastSucceeded(clusterId, "backup", LOOKS_AT);
  return backups.flatMap(({ state }) =>
    state.name === "succeeded" && state.evidence.kind === "backup"
      ? [{ sizeBytes: state.evidence.sizeBytes, tookMs: tookMs(state) }]
      : [],
  );
}

async function pastRestore(catalog: BackupCatalog, { clusterId, state, progress }: Job): Promise<Past | undefined> {
  if (state.name !== "succeeded" || state.evidence.kind !== "restore") return undefined;
  const backup = await catalog.get(clusterId, state.evidence.backupId);
  const sizeBytes = backup?.sizeBytes ?? progress?.bytesTotal;
  return sizeBytes === undefined ? undefined : { sizeBytes, tookMs: tookMs(state) };
}

function tookMs({ startedAt, endedAt }: { readonly startedAt: string; readonly endedAt: string }): number {
  return Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));
}
