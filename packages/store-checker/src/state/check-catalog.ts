import { isDeepStrictEqual } from "node:util";
import type { Backup } from "@snapdeck/contract/backup";
import type { Finding, Findings } from "../findings.ts";
import type { Listed, StoreView } from "../store/look-at-store.ts";
import { standingOf } from "../store/proof-standing.ts";
import type { JobFacts, StateView } from "./state-view.ts";

export type CatalogOrder = {
  readonly state: StateView;
  readonly store: StoreView;
  readonly clusterId: string | undefined;
  /** Only these backups were looked into; all when absent. */
  readonly only: ReadonlySet<string> | undefined;
};

/** Proves that what the console lists, what its jobs wrote and what the store holds are the same. */
export function checkCatalog({ state, store, clusterId, only }: CatalogOrder, findings: Findings): void {
  const isAsked = (backup: string, cluster: string) =>
    (clusterId === undefined || clusterId === cluster) && (only?.has(backup) ?? true) && !store.unreadable.has(backup);
  for (const [backup, listed] of store.listed) {
    if (!isAsked(backup, listed.clusterId) || !(state.clusters.has(listed.clusterId) || clusterId !== undefined))
      continue;
    findings.looked("I6");
    if (isWorkedOn(state, backup)) continue;
    const row = state.catalog.get(backup);
    if (row?.shown !== undefined) compare(findings, backup, row.shown, listed);
    if (row === undefined)
      broken(findings, backup, ["I6", "not-in-catalog", "is listed in the store and not by the console"]);
  }
  for (const [backup, { clusterId: cluster }] of state.catalog) {
    if (!isAsked(backup, cluster) || store.listed.has(backup) || isWorkedOn(state, backup)) continue;
    findings.looked("I6");
    broken(findings, backup, ["I6", "not-in-store", "is listed by the console, and its manifest is not in the store"]);
  }
  for (const job of state.jobs.values()) {
    if (job.backupId === undefined) continue;
    const backup = `${job.clusterId}/${job.backupId}`;
    if (isAsked(backup, job.clusterId))
      checkOutcome(findings, state, job, { backup, listed: store.listed.get(backup) });
  }
}

function isWorkedOn(state: StateView, backup: string): boolean {
  return state.jobsOf.get(backup)?.some((job) => job.isUnderWay) ?? false;
}

/** What a job that ended says of its backup must be what the store says. */
function checkOutcome(
  findings: Findings,
  state: StateView,
  job: JobFacts,
  { backup, listed }: { readonly backup: string; readonly listed: Listed | undefined },
): void {
  const isDeletedBy = state.jobsOf.get(backup)?.find(({ kind }) => kind === "delete-backup");
  if (job.manifestSha256 !== undefined) {
    findings.looked("I2");
    if (listed === undefined && isDeletedBy === undefined) {
      const detail = `job ${job.id} wrote it and nobody deleted it, and its manifest is not in the store`;
      broken(findings, backup, ["I2", "backup-lost", detail]);
    } else if (listed !== undefined && listed.manifestSha256 !== job.manifestSha256) {
      const detail = `job ${job.id} wrote manifest ${job.manifestSha256}, and the store holds ${listed.manifestSha256}`;
      broken(findings, backup, ["I2", "manifest-replaced", detail]);
    }
  }
  if (job.kind === "delete-backup" && job.stateName === "succeeded") {
    findings.looked("I11");
    const detail = `job ${job.id} deleted it, and it is listed in the store`;
    if (listed !== undefined) broken(findings, backup, ["I11", "deleted-listed", detail]);
  }
  if (job.kind === "backup" && job.stateName === "canceled") {
    findings.looked("I26");
    const detail = `job ${job.id} was canceled, and its backup is listed in the store`;
    if (listed !== undefined) broken(findings, backup, ["I26", "canceled-listed", detail]);
  }
}

function compare(findings: Findings, backup: string, row: Backup, { summary, manifestSha256, proofs }: Listed): void {
  const said: Partial<Backup> = {
    takenAt: summary.takenAt,
    completedAt: summary.completedAt,
    tookMs: summary.tookMs,
    sizeBytes: summary.sizeBytes,
    files: summary.files,
    databases: summary.databases,
    tables: summary.tables,
    rows: summary.rows,
    ranks: summary.ranks,
    engineVersion: summary.engine.version,
    requestedBy: summary.requestedBy,
    manifestSha256,
  };
  const shown = new Map(Object.entries(row));
  const differing = Object.entries(said).filter(([name, value]) => shown.get(name) !== value);
  if (differing.length > 0) {
    const names = differing.map(([name, value]) => `${name} (${shown.get(name)}, and the store says ${value})`);
    broken(findings, backup, ["I6", "catalog-differs", `the console shows another ${names.join(", ")}`]);
  }
  findings.looked("I7");
  const { level, provenAt } = summary.proof;
  const standing = standingOf({ level, provenAt }, proofs);
  if (
    isDeepStrictEqual(standing, { proof: row.proof, proofs: row.proofs, ...(row.suspect && { suspect: row.suspect }) })
  )
    return;
  const words = (of: Pick<Backup, "proof" | "suspect">) =>
    `${of.proof.level} of ${of.proof.provenAt}${of.suspect ? ", suspect" : ""}`;
  const detail = `the console shows ${words(row)}, and the records in the store say ${words(standing)}`;
  broken(findings, backup, ["I7", "catalog-proofs", detail]);
}

function broken(
  findings: Findings,
  backup: string,
  [invariant, kind, detail]: [Finding["invariant"], string, string],
): void {
  findings.broken({ invariant, kind, subject: backup, backup, detail });
}
