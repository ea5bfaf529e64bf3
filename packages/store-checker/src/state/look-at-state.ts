import { z } from "zod";
import { Findings } from "../findings.ts";
import type { Pace } from "../pace.ts";
import { checkAudit } from "./check-audit.ts";
import { checkChanges } from "./check-changes.ts";
import { checkJobs } from "./check-jobs.ts";
import { checkLeases } from "./check-leases.ts";
import { checkLocks } from "./check-locks.ts";
import { readPostgresState } from "./postgres-state.ts";
import { readCatalog } from "./read-catalog.ts";
import { readSqliteState } from "./sqlite-state.ts";
import { type StateReader, type StateSource, stateUnreadable } from "./state-reader.ts";
import { ClusterRow } from "./state-rows.ts";
import type { JobFacts, StateView } from "./state-view.ts";

export type { StateSource } from "./state-reader.ts";

export type StateLook = {
  readonly reader: StateReader;
  readonly pace: Pace;
  readonly findings: Findings;
  readonly nowMs: number;
};

/**
 * Proves what the state must be by itself, and answers what it says of store and jobs.
 * @throws {SnapdeckError} `store-unavailable`
 */
export async function lookAtState(
  source: StateSource,
  { pace, findings, nowMs }: { readonly pace: Pace; readonly findings: Findings; readonly nowMs: () => number },
): Promise<StateView> {
  const read = async (reader: StateReader) => {
    // Of its own, because a reading may turn out to be no single moment and be begun anew.
    const look: StateLook = { reader, pace, findings: new Findings(), nowMs: nowMs() };
    return { look, view: await readState(look) };
  };
  try {
    const { look, view } = await ("sqliteFile" in source
      ? readSqliteState(source.sqliteFile, read)
      : readPostgresState(source.databaseUrl, read));
    findings.absorb(look.findings);
    return view;
  } catch (thrown) {
    // Its rows are not of the form that this version writes.
    if (thrown instanceof z.ZodError) throw stateUnreadable("", thrown);
    throw thrown;
  }
}

async function readState(look: StateLook): Promise<StateView> {
  const clusters = z
    .array(ClusterRow)
    .parse(await look.reader.rows("select id, newest_seq, newest_token from clusters"));
  const checked = await checkJobs(look);
  await checkChanges(look, clusters, checked);
  await checkLocks(look, checked.jobs);
  await checkLeases(look, clusters, checked.jobs);
  await checkAudit(look, checked.jobs);
  const catalog = await readCatalog(look);
  const known = [...clusters.map(({ id }) => id), ...[...catalog.values()].map(({ clusterId }) => clusterId)];
  return { jobs: checked.jobs, jobsOf: byBackup(checked.jobs), catalog, clusters: new Set(known) };
}

function byBackup(jobs: ReadonlyMap<string, JobFacts>): Map<string, JobFacts[]> {
  const byBackup = new Map<string, JobFacts[]>();
  for (const job of [...jobs.values()].sort((one, other) => one.createdSeq - other.createdSeq)) {
    if (job.backupId === undefined) continue;
    const backup = `${job.clusterId}/${job.backupId}`;
    byBackup.set(backup, [...(byBackup.get(backup) ?? []), job]);
  }
  return byBackup;
}
