import { readdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "../harness/processes.ts";
import { type FaultCase, faults } from "./cases.ts";
import { type End, endedAs } from "./expect-end.ts";
import { backUpUntil } from "./slow-backup.ts";
import { openFile, type Spoil, spoil } from "./spoiled-calls.ts";
import type { FaultWorld } from "./world.ts";

/** A case in which calls of one process fail, from when the backup has got to a moment until its job has ended. */
const failing = (
  of: Pick<FaultCase, "id" | "row" | "tier" | "title">,
  begin: (world: FaultWorld) => Promise<{ job: Parameters<FaultWorld["outcome"]>[0]; calls: Spoil }>,
  end: End,
): FaultCase => ({
  ...of,
  fault: "E",
  needs: "strace",
  run: async (world) => {
    const { job, calls } = await begin(world);
    const mend = await spoil(calls);
    try {
      world.letGo();
      return endedAs(await world.outcome(job), end);
    } finally {
      await mend();
    }
  },
});

/** One write of the engine's copy fails, unseen: it goes on and reports success over a file with a hole. */
const oneWriteFails = (error: "EIO" | "ENOSPC", tier: FaultCase["tier"]) =>
  failing(
    {
      id: `B3-E-${error}`,
      row: "B3",
      tier,
      title: `one write of the copy that fails with ${error}: the backup is not believed, though the engine says that it is done`,
    },
    async (world) => {
      const job = await backUpUntil(world, 0.01);
      const pid = await world.rankPid();
      const { storeRoot } = world.stack.servers;
      const path = await until("the engine writes a large file", () =>
        openFile(pid, (name) => name.startsWith(storeRoot) && name.endsWith("data.bin")),
      );
      return { job, calls: { pid, path, calls: "write,pwrite64", inject: `write,pwrite64:error=${error}:when=1` } };
    },
    { ends: "failed", code: "proof-failed" },
  );

/** What the engine reads for the copy, of the table that most of the data is in. */
async function fileOfOrders(world: FaultWorld): Promise<string> {
  const [paths] = await world.stack.ranks.visit((ask) =>
    ask<{ path: string }>("SELECT path FROM system.parts WHERE database = 'shop' AND table = 'orders' AND active"),
  );
  return join(paths?.[0]?.path ?? "", "data.bin");
}

const READS = "read,pread64,readv,preadv,preadv2,copy_file_range,sendfile";

faults("B: disks that fail", {}, [
  oneWriteFails("EIO", "quick"),
  oneWriteFails("ENOSPC", "full"),
  failing(
    {
      id: "B3-E-read",
      row: "B3",
      tier: "full",
      title: "data that cannot be read while it is copied: the backup fails",
    },
    async (world) => {
      await world.bff({ failpoints: "backup.beforeCopy=hold" });
      const job = await world.startBackup();
      await world.reached("backup.beforeCopy");
      const path = await fileOfOrders(world);
      return { job, calls: { pid: await world.rankPid(), path, calls: READS, inject: `${READS}:error=EIO` } };
    },
    { ends: "failed", code: ["engine-failed", "proof-failed"] },
  ),
  failing(
    {
      id: "B5-E-fsync",
      row: "B5",
      tier: "quick",
      title:
        "a file of the copy that the disk does not take when it is made durable: the backup fails and is not listed",
    },
    async (world) => {
      await world.bff({ failpoints: "backup.beforeSync=hold" });
      const job = await world.startBackup();
      await world.reached("backup.beforeSync");
      const { storeRoot, bff } = world.stack.servers;
      const files = readdirSync(storeRoot, { recursive: true }).map(String);
      const path = join(storeRoot, files.find((name) => name.endsWith("data.bin")) ?? "");
      const calls = "fsync,fdatasync";
      return { job, calls: { pid: bff.pid, path, calls, inject: `${calls}:error=EIO` } };
    },
    { ends: "failed", code: "store-unavailable" },
  ),
]);
