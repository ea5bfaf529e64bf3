import { z } from "zod";
import { Findings } from "../findings.ts";
import type { Pace } from "../pace.ts";
import { checkAudit } from "./check-audit.ts";
import { checkChanges } from "./check-changes.ts";
import { checkJobs } from "./check-jobs.ts";
import { checkLeases } from "./check-leases.ts";
import { checkLocks } from "./check-locks.ts";
import { readCatalog } from "./read-catalog.ts";
import { readPostgresState } from "./postgres-state.ts";
import { readSqliteState } from "./sqlite-state.ts";
import type { StateReader, StateSource } from "./state-reader.ts";
import { ClusterRow } from "./state-rows.ts";
import type { StateView } from "./state-view.ts";

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
  const { look, view } = await ("sqliteFile" in source
    ? readSqliteState(source.sqliteFile, read)
    : readPostgresState(source.databaseUrl, read));
  findings.absorb(look.findings);
  return view;
}

async function readState(look: StateLook): Promise<StateView> {
  const clusters = z.array(ClusterRow).parse(await look.reader.rows("select * from clusters order by id"));
  const checked = await checkJobs(look);
  await checkChanges(look, clusters, checked);
  await checkLocks(look, checked.jobs);
  await checkLeases(look, clusters, checked.jobs);
  await checkAudit(look, checked.jobs);
  const catalog = await readCatalog(look);
  const jobsOf = Map.groupBy
  return { jobs: checked.jobs, jobsOf: byBackup([...checked.jobs.values()]), catalog, clusters: known };
}
