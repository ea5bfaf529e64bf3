import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClient } from "@clickhouse/client";
import { BackupId, JobId } from "@snapdeck/contract/scalars";
import type { Work, WorkOrder } from "@snapdeck/core/ports/cluster";
import { BenchHost } from "./bench-host.ts";
import { noiseColumns, noiseRows } from "./noise.ts";
import { msRows, type PageRow } from "./page-row.ts";
import { proofs } from "./proofs.ts";
import { interleaved, timed } from "./rounds.ts";

const run = promisify(execFile);
const NEVER = new AbortController().signal;
const ENGINE = "engine's `BACKUP`, then `sync`";
const BACKUP = "System Backup, pressed to listed (L1)";
const COPY = "plain copy of the backup, then `sync`";
const RESTORE = "restore, compared by a full scan and swapped in";

let fencingToken = 0;
function order(): WorkOrder {
  fencingToken += 1;
  return {
    jobId: JobId.parse(randomUUID()),
    attempt: 1,
    fencingToken,
    takeUp: false,
    checkFence: async () => undefined,
  };
}

async function confirmed(work: Work): Promise<void> {
  for await (const step of work)
    if (step.type === "stopped" || step.type === "lost") throw new Error(`ended ${step.type}`);
}

/** System Backup through the adapter that the BFF uses. */
export async function systemBackups(rows: number): Promise<PageRow[]> {
  await using bench = await BenchHost.start();
  const { taken, backupId } = await backups(bench, rows);
  const proven = await proofs(bench, { ...order(), backupId, level: "L2" });
  return [...taken, ...proven, ...(await restores(bench, backupId))];
}

/** Pressed to listed, beside the engine's own BACKUP followed by `sync`, and a plain copy followed by `sync`. */
async function backups(bench: BenchHost, rows: number): Promise<{ taken: PageRow[]; backupId: BackupId }> {
  const [endpoint] = await bench.host.endpoints();
  if (endpoint === undefined) throw new Error("the cluster has no rank");
  const { url, username, password } = endpoint;
  const engine = createClient({ url, username, password, request_timeout: 600_000 });
  await engine.command({ query: "CREATE DATABASE bench" });
  await engine.command({ query: `CREATE TABLE bench.noise (${noiseColumns(3)}) ENGINE = MergeTree ORDER BY tuple()` });
  await engine.command({ query: `INSERT INTO bench.noise ${noiseRows(3, rows)}` });
  await engine.command({ query: "OPTIMIZE TABLE bench.noise FINAL" });
  const ids: BackupId[] = [];
  const live = join(bench.root, "cluster", "rank-0");
  const results = await interleaved(5, {
    [ENGINE]: async (round) => {
      const took = await timed(async () => {
        await engine.command({ query: `BACKUP DATABASE default, DATABASE bench TO File('raw-${round}')` });
        await run("sync");
      });
      await rm(join(bench.storeRoot, `raw-${round}`), { recursive: true });
      return took;
    },
    [BACKUP]: async (round) => {
      const backupId = BackupId.parse(`bench-${round}`);
      ids.push(backupId);
      return timed(() =>
        confirmed(bench.cluster.systemBackups.backUp({ ...order(), backupId, requestedBy: "bench" }, NEVER)),
      );
    },
    "plain copy of the data, then `sync`": (round) => copied(live, join(bench.root, `copy-${round}`)),
  });
  await engine.close();
  const [backupId] = ids;
  if (backupId === undefined) throw new Error("no backup was taken");
  return { taken: msRows(results, ENGINE, { [BACKUP]: "1.15 x" }), backupId };
}

/** From request to swapped, with its full comparison, beside a plain copy of the same files. */
async function restores(bench: BenchHost, backupId: BackupId): Promise<PageRow[]> {
  await confirmed(bench.cluster.lifecycle.suspend(order(), NEVER));
  const folder = join(bench.storeRoot, "local", backupId);
  const results = await interleaved(3, {
    [COPY]: (round) => copied(folder, join(bench.root, `copy-${round}`)),
    [RESTORE]: () =>
      timed(() =>
        confirmed(bench.cluster.systemBackups.restore({ ...order(), backupId, acceptSuspect: false }, NEVER)),
      ),
  });
  return msRows(results, COPY, { [RESTORE]: "2.5 x" });
}

async function copied(from: string, to: string): Promise<number> {
  const took = await timed(async () => {
    await run("cp", ["-r", from, to]);
    await run("sync");
  });
  await rm(to, { recursive: true });
  return took;
}
