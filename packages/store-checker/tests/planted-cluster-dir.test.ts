import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { id, states, World } from "./fixture/world.ts";

const breaksOf = (world: World) => world.breaks({ clusterDir: world.clusterDir });

test("I15: a swap that nobody finishes is named, and one under way is not", async () => {
  using world = await World.make();
  world.hasClusterDir();
  writeFileSync(join(world.clusterDir, "swap.json"), "{}");
  expect(await breaksOf(world)).toEqual(["I15 swap-marker: swap.json"]);
  await world.statements.run("delete from job_locks");
  await world.statements.run(
    "insert into job_locks select id, 'local', kind, 'shared', backup_id from jobs where kind = 'none'",
  );
  await world.job("restores", { kind: "restore", backupId: id("b-1") }, states.running());
  expect(await breaksOf(world)).toEqual([`I23 lock-missing: job ${world.jobId("running")}`]);
});

test("I15: a restore's directories are its own while it is open, the previous data until it is let go", async () => {
  using world = await World.make();
  const [open, swapped, ended] = [randomUUID(), randomUUID(), randomUUID()];
  world.hasClusterDir({
    restores: [
      { operationId: open, phase: "ready" },
      { operationId: swapped, phase: "swapped" },
      { operationId: ended, phase: "discarded" },
    ],
  });
  const make = (name: string) => mkdirSync(join(world.clusterDir, name));
  make(`rank-0.restore-${open}`);
  make(`rank-0.previous-${swapped}`);
  expect(await breaksOf(world)).toEqual([]);
  const left = [
    `rank-0.previous-${ended}`,
    `rank-0.restore-${ended}`,
    `rank-1.restore-${swapped}`,
    `rank-1.restore-${randomUUID()}`,
    `rank-1.trial-${randomUUID()}`,
  ];
  for (const name of left) make(name);
  expect((await breaksOf(world)).toSorted()).toEqual(left.map((name) => `I15 leftover: ${name}`).toSorted());
});

test("I15: a trial's directory belongs to the verification under way", async () => {
  using world = await World.make();
  world.hasClusterDir();
  mkdirSync(join(world.clusterDir, `rank-1.trial-${randomUUID()}`));
  await world.job("verifies", { kind: "verify-backup", backupId: id("b-1"), level: "L3" }, states.running());
  expect(await breaksOf(world)).toEqual([]);
});

test("I15: live data that is not there, and a memory that cannot be read, are named", async () => {
  using world = await World.make();
  world.hasClusterDir();
  rmSync(join(world.clusterDir, "rank-1"), { recursive: true });
  expect(await breaksOf(world)).toEqual(["I15 rank-missing: rank-1"]);
  writeFileSync(join(world.clusterDir, "cluster.json"), "{");
  expect(await breaksOf(world)).toEqual(["I15 cluster-file: cluster.json"]);
});
