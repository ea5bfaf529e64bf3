import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { namesEach, type PlantedBreak } from "./fixture/planted-break.ts";
import { at, T0 } from "./fixture/store-fixture.ts";
import { id, listed, states, World } from "./fixture/world.ts";

const run = (world: World, sql: string, ...parameters: (string | number)[]) => world.statements.run(sql, ...parameters);

const JOBS: PlantedBreak[] = [
  {
    name: "I25: a job that cannot be read",
    plant: (world) => run(world, "update jobs set state = '{}' where id = ?", world.jobId("suspended")),
    found: (world) => [
      `I25 job-unreadable: job ${world.jobId("suspended")}`,
      ...[1, 2, 3].map(
        (back) => `I29 change-unknown-job: change ${world.jobs.get("suspended")!.seq - 3 + back} of cluster local`,
      ),
      `I30 audit-lost-job: job ${world.jobId("suspended")}`,
    ],
  },
  {
    name: "I25: a job that is found as another kind",
    plant: (world) => run(world, "update jobs set kind = 'resume' where id = ?", world.jobId("suspended")),
    found: (world) => [`I25 job-row-differs: job ${world.jobId("suspended")}`],
  },
  {
    name: "I25: a job that nobody drives any more",
    plant: (world) =>
      run(world, "update job_leases set expires_at = ? where job_id = ?", at(800), world.jobId("running")),
    found: (world) => [`I25 job-undriven: job ${world.jobId("running")}`],
  },
  {
    name: "I25: a job that nobody ever drove",
    plant: (world) => run(world, "delete from job_leases"),
    found: (world) => [`I25 job-undriven: job ${world.jobId("running")}`],
  },
  {
    name: "I29: a gap in the stream of changes",
    plant: (world) => run(world, "delete from job_changes where seq = 5"),
    found: () => ["I29 change-gap: change 6 of cluster local"],
  },
  {
    name: "I29: a stream whose end is missing",
    plant: (world) => run(world, "delete from job_changes where seq = ?", world.jobs.get("running")!.seq),
    found: (world) => ["I29 change-tail: cluster local", `I29 change-missing: job ${world.jobId("running")}`],
  },
  {
    name: "I29: a newest change that is not what the job is",
    plant: (world) => run(world, "update jobs set requested_by = 'eve' where id = ?", world.jobId("failed")),
    found: (world) => [`I29 change-differs: change ${world.jobs.get("failed")!.seq} of cluster local`],
  },
  {
    name: "I29: a change that cannot be read",
    plant: (world) => run(world, "update job_changes set job = '{' where seq = 2"),
    found: () => ["I29 change-unreadable: change 2 of cluster local"],
  },
  {
    name: "I24: a job that was changed after its end",
    plant: async (world) => {
      const job = world.jobs.get("failed")!;
      const state = JSON.stringify({ name: "running", startedAt: at(1), phase: "copying" });
      const changed = JSON.stringify({ ...job, seq: job.seq - 1, state: job.state });
      await run(world, "update job_changes set job = ? where seq = ?", changed, job.seq - 1);
      await run(
        world,
        "update job_changes set job = replace(job, ?, ?) where seq = ?",
        JSON.stringify(job.state),
        state,
        job.seq,
      );
      await run(world, "update jobs set state = ?, state_name = 'running' where id = ?", state, job.id);
      await run(world, "insert into job_locks values (?, 'local', 'backup', 'shared', 'b-failed')", job.id);
      await run(world, "insert into job_leases values (?, 'local', 'me', 1, ?)", job.id, at(1_000));
    },
    found: (world) => [
      `I24 ended-job-changed: job ${world.jobId("failed")}`,
      `I30 audit-end: job ${world.jobId("failed")}`,
    ],
  },
];

const LOCKS: PlantedBreak[] = [
  {
    name: "I23: a job under way without a lock",
    plant: (world) => run(world, "delete from job_locks"),
    found: (world) => [`I23 lock-missing: job ${world.jobId("running")}`],
  },
  {
    name: "I23: a lock of a job that has ended",
    plant: (world) =>
      run(world, "insert into job_locks values (?, 'local', 'suspend', 'exclusive', null)", world.jobId("suspended")),
    found: (world) => [`I23 lock-left: lock of job ${world.jobId("suspended")}`],
  },
  {
    name: "I23: a lock that is not its job's",
    plant: (world) => run(world, "update job_locks set mode = 'exclusive'"),
    found: (world) => [`I23 lock-differs: lock of job ${world.jobId("running")}`],
  },
  {
    name: "I23: an exclusive job beside another",
    plant: (world) =>
      world.job("second", { kind: "restore", backupId: id("b-1") }, states.running()).then(() => undefined),
    found: () => ["I23 lock-shared: cluster local"],
  },
  {
    name: "I9: a backup that is deleted while it is verified",
    plant: async (world) => {
      await world.job("deletes", { kind: "delete-backup", backupId: id("b-1") }, states.running());
      await world.job("verifies", { kind: "verify-backup", backupId: id("b-1"), level: "L2" }, states.running());
    },
    found: () => ["I9 backup-disputed: local/b-1"],
  },
  {
    name: "I24: a lease of a job that has ended",
    plant: (world) =>
      run(world, "insert into job_leases values (?, 'local', 'me', 7, ?)", world.jobId("failed"), at(1_000)),
    found: (world) => [`I24 lease-left: lease of job ${world.jobId("failed")}`],
  },
  {
    name: "I24: a token beyond the newest",
    plant: (world) => run(world, "update clusters set newest_token = 5"),
    found: (world) => [`I24 token-ahead: lease of job ${world.jobId("running")}`],
  },
  {
    name: "I24: one token twice",
    plant: async (world) => {
      await world.job("verifies", { kind: "verify-backup", backupId: id("b-1"), level: "L2" }, states.running());
      await run(world, "update job_leases set token = 9");
    },
    found: (world) => [
      `I24 token-twice: lease of job ${[world.jobId("running"), world.jobId("verifies")].toSorted()[1]}`,
    ],
  },
];

const AUDIT: PlantedBreak[] = [
  {
    name: "I30: an entry that was edited",
    plant: (world) => run(world, "update audit set actor = 'eve' where seq = 3"),
    found: () => ["I30 audit-chain: audit entry 3"],
  },
  {
    name: "I30: an entry that is missing",
    plant: (world) => run(world, "delete from audit where seq = 1"),
    found: () => ["I30 audit-chain: audit entry 2"],
  },
  {
    name: "I30: a trail whose end was cut off",
    plant: (world) => run(world, "delete from audit where seq = (select max(seq) from audit)"),
    found: (world) => ["I30 audit-tail: the audit trail", `I30 audit-start: job ${world.jobId("running")}`],
  },
  {
    name: "I30: a job that nobody asked for",
    plant: async (world) => {
      const jobId = randomUUID();
      await run(world, "create table kept as select * from audit_head");
      await world.job("secret", { kind: "suspend" }, states.succeeded({ kind: "suspend", ranksStopped: 1 }), jobId);
      await run(world, "delete from audit where target like ?", `%${jobId}`);
      await run(world, "update audit_head set seq = (select seq from kept), hash = (select hash from kept)");
    },
    found: (world) => [`I30 audit-start: job ${world.jobId("secret")}`, `I30 audit-end: job ${world.jobId("secret")}`],
  },
  {
    name: "I30: a job that ended twice",
    plant: (world) =>
      world.state.tell({
        act: "job.end",
        target: `cluster local job ${world.jobId("suspended")}`,
        result: "failed: internal",
      }),
    found: (world) => [`I30 audit-end: job ${world.jobId("suspended")}`],
  },
  {
    name: "I30: a job that was lost",
    plant: (world) =>
      world.state.tell({ act: "cluster.resume", target: `cluster local job ${randomUUID()}`, result: "accepted" }),
    found: () => ["I30 audit-lost-job: job …"],
  },
];

const CATALOG: PlantedBreak[] = [
  {
    name: "I6: a backup that the console does not list",
    plant: (world) => run(world, "delete from backups where backup_id = 'b-1'"),
    found: () => ["I6 not-in-catalog: local/b-1"],
  },
  {
    name: "I6: a backup that only the console lists",
    plant: (world) => {
      const { manifest, manifestSha256 } = world.backup("b-1");
      return world.state.list(listed({ manifest: { ...manifest, backupId: id("b-deleted") }, manifestSha256 }));
    },
    found: () => ["I6 not-in-store: local/b-deleted"],
  },
  {
    name: "I6: a backup that the console shows with other rows",
    plant: (world) =>
      run(world, `update backups set backup = replace(backup, '"rows":400', '"rows":399') where backup_id = 'b-1'`),
    found: () => ["I6 catalog-differs: local/b-1"],
  },
  {
    name: "I6: a row that is found as another backup",
    plant: (world) => run(world, "update backups set size_bytes = 1 where backup_id = 'b-1'"),
    found: () => ["I6 catalog-unreadable: catalog row local/b-1"],
  },
  {
    name: "I7: a suspect backup that the console shows as sound",
    plant: async (world) => {
      await run(world, "delete from backups where backup_id = 'b-3'");
      await world.state.list(listed(world.backup("b-3")));
    },
    found: () => ["I7 catalog-proofs: local/b-3"],
  },
  {
    name: "I26: a canceled backup that is listed",
    plant: async (world) => {
      const backup = world.store.backUp("b-canceled", world.jobId("canceled"), 80);
      await world.state.list(listed(backup));
    },
    found: () => ["I26 canceled-listed: local/b-canceled"],
  },
  {
    name: "I11: a deleted backup that is listed",
    plant: async (world) => {
      const backup = world.store.backUp("b-deleted", world.jobId("made b-deleted"), 80);
      await world.state.list(listed(backup));
    },
    found: () => ["I11 deleted-listed: local/b-deleted", "I2 manifest-replaced: local/b-deleted"],
  },
];

namesEach([...JOBS, ...LOCKS, ...AUDIT, ...CATALOG]);

test("I25: a job whose lease ran out within the last minute is no break", async () => {
  using world = await World.make();
  await run(world, "update job_leases set expires_at = ?", at(850));
  expect(await world.breaks()).toEqual([]);
  expect(await world.breaks({ now: () => T0 + 911_000 })).toEqual([`I25 job-undriven: job ${world.jobId("running")}`]);
});

test("A job under way owns what it writes, and what its backup is shown as", async () => {
  using world = await World.make();
  world.store.write("local/b-running/.manifest.json.0b1c.tmp", "{");
  world.store.backUp("b-running", world.jobId("running"), 90);
  await world.job("deletes", { kind: "delete-backup", backupId: id("b-1") }, states.running());
  await run(world, "delete from backups where backup_id = 'b-1'");
  expect(await world.breaks()).toEqual([]);
});

test("I11: a deletion that removes the files before the manifest is named while it is under way", async () => {
  using world = await World.make();
  const { folder } = world.backup("b-1").manifest.ranks[0]!;
  await world.job("deletes", { kind: "delete-backup", backupId: id("b-1") }, states.running());
  world.store.remove(`local/b-1/${folder}/metadata/shop.sql`);
  expect(await world.breaks()).toEqual([`I11 file-missing: local/b-1/${folder}/metadata/shop.sql`]);
});
