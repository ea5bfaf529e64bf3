import { randomUUID } from "node:crypto";
import { BackupId, JobId } from "@snapdeck/contract/scalars";
import { CLUSTER_CHECKS } from "@snapdeck/core/checks/cluster-checks";
import { describe, expect, test } from "vitest";
import { checksumOf } from "./memory-checksum.ts";
import { MemoryCluster } from "./memory-cluster.ts";
import { MemoryEngine } from "./memory-engine.ts";

const clock = () => new Date().toISOString();

function world() {
  const engine = new MemoryEngine();
  return {
    engine,
    cluster: new MemoryCluster(engine, clock),
    writeRows: async () => {
      engine.data.get("shop")?.get("orders")?.push(randomUUID());
    },
    contents: async () => {
      expect(engine.state).toBe("running");
      return checksumOf(
        [...engine.data].flatMap(([db, tables]) => [...tables].map(([table, rows]) => [db, table, ...rows].join())),
      );
    },
    damage: async (backupId: BackupId) => engine.damage(backupId),
    newJobId: () => JobId.parse(randomUUID()),
    newBackupId: () => BackupId.parse(randomUUID()),
  };
}

describe("the in-memory cluster", () => {
  test.each(CLUSTER_CHECKS)("$invariant: $promise", async (check) => {
    await check.run(world());
  });

  test("a check can fail: a cluster that lists what it never finished breaks I2", async () => {
    const lying = world();
    lying.cluster.systemBackups.list = async () => [...lying.engine.snapshots.keys()];
    const check = CLUSTER_CHECKS.find((each) => each.promise.startsWith("a backup is not listed before"));
    await expect(check?.run(lying)).rejects.toThrow("an unfinished backup is not listed");
  });

  test("a check can fail: a cluster that believes its store breaks I7", async () => {
    const believing = world();
    believing.engine.damage = () => undefined;
    const check = CLUSTER_CHECKS.find((each) => each.promise.startsWith("a damaged backup fails its proof"));
    await expect(check?.run(believing)).rejects.toThrow("the verification fails");
  });

  test("a check can fail: a cluster that forgets what it put aside breaks I19", async () => {
    const forgetful = world();
    forgetful.engine.putAside.set = () => forgetful.engine.putAside;
    const check = CLUSTER_CHECKS.find((each) => each.promise.startsWith("an undo brings back"));
    await expect(check?.run(forgetful)).rejects.toThrow("tells what can be undone");
  });
});
