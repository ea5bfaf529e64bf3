import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClient } from "@clickhouse/client";
import { BackupId, JobId } from "@snapdeck/contract/scalars";
import type { Work, WorkOrder } from "@snapdeck/core/ports/cluster";
import { BenchHost } from "./bench-host.ts";
import { proofs } from "./proofs.ts";
import { interleaved, report, timed } from "./rounds.ts";

const run = promisify(execFile);
const ROUNDS = 5;
/** 24 bytes of noise a row, which no codec makes smaller: about 720 MB on disk. */
const ROWS = 30_000_000;
const NEVER = new AbortController().signal;

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

/** System Backup, pressed to listed, beside the engine's own BACKUP followed by `sync`, and a plain copy followed by `sync`. */
async function backups(bench: BenchHost): Promise<BackupId> {
  const [endpoint] = await bench.host.endpoints();
  if (endpoint === undefined) throw new Error("the cluster has no rank");
  const { url, username, password } = endpoint;
  const engine = createClient({ url, username, password, request_timeout: 600_000 });
  await engine.command({ query: "CREATE DATABASE bench" });
  await engine.command({
    query: "CREATE TABLE bench.noise (a UInt64, b UInt64, c UInt64) ENGINE = MergeTree ORDER BY tuple()",
  });
  await engine.command({
    query: `INSERT INTO bench.noise SELECT sipHash64(number), sipHash64(number, 1), sipHash64(number, 2) FROM numbers(${ROWS})`,
  });
  await engine.command({ query: "OPTIMIZE TABLE bench.noise FINAL" });
  const ids: BackupId[] = [];
  const live = join(bench.root, "cluster", "rank-0");
  const results = await interleaved(ROUNDS, {
    "engine's BACKUP, then sync": async (round) => {
      const took = await timed(async () => {
        await engine.command({ query: `BACKUP DATABASE default, DATABASE bench TO File('raw-${round}')` });
        await run("sync");
      });
      await rm(join(bench.storeRoot, `raw-${round}`), { recursive: true });
      return took;
    },
    "System Backup, to listed (L1)": async (round) => {
      const backupId = BackupId.parse(`bench-${round}`);
      ids.push(backupId);
      return timed(() =>
        confirmed(bench.cluster.systemBackups.backUp({ ...order(), backupId, requestedBy: "bench" }, NEVER)),
      );
    },
    "cp -r of the data, then sync": async (round) => {
      const copy = join(bench.root, `copy-${round}`);
      const took = await timed(async () => {
        await run("cp", ["-r", live, copy]);
        await run("sync");
      });
      await rm(copy, { recursive: true });
      return took;
    },
  });
  await engine.close();
  print(report("System Backup of about 720 MB", results, "engine's BACKUP, then sync"));
  const [first] = ids;
  if (first === undefined) throw new Error("no backup was taken");
  return first;
}

/** Restore from request to swapped, with its full comparison, beside a plain copy of the same files. */
async function restores(bench: BenchHost, backupId: BackupId): Promise<void> {
  await confirmed(bench.cluster.lifecycle.suspend(order(), NEVER));
  const results = await interleaved(3, {
    "cp -r of the backup, then sync": async (round) => {
      const copy = join(bench.root, `copy-${round}`);
      const took = await timed(async () => {
        await run("cp", ["-r", join(bench.storeRoot, "local", backupId), copy]);
        await run("sync");
      });
      await rm(copy, { recursive: true });
      return took;
    },
    "restore, compared and swapped in": () =>
      timed(() =>
        confirmed(bench.cluster.systemBackups.restore({ ...order(), backupId, acceptSuspect: false }, NEVER)),
      ),
  });
  print(report("Restore of about 720 MB", results, "cp -r of the backup, then sync"));
}

function print(text: string): void {
  process.stdout.write(`${text}\n\n`);
}

print(`${cpus().length} cores, ${cpus()[0]?.model}, Linux ${release()}, Node ${process.version}`);
await using bench = await BenchHost.start();
const backupId = await backups(bench);
print(await proofs(bench, { ...order(), backupId, level: "L2" }));
await restores(bench, backupId);
