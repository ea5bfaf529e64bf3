import { rm, truncate } from "node:fs/promises";
import { relative } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ChainWorld, crashPoints, dies, refusal } from "./chain-world.ts";
import { aSealer, confirmedBy, reportsOf } from "./embedded-host.ts";
import { flip } from "./proof-world.ts";

let chain: ChainWorld;
/** full, incremental, incremental, differential, incremental */
let ids: number[];
const idAt = (at: number) => ids[at] ?? 0;

beforeAll(async () => {
  chain = await ChainWorld.open();
  ids = await chain.ids();
});
beforeEach(() => chain.reset());
afterAll(() => chain[Symbol.asyncDispose]());

describe("PURGE", () => {
  test.each([1, 2, 3, 4])("of snapshot %i leaves the others what they were, and one more can be taken", async (at) => {
    const evidence = await chain.altered({ action: "purge", snapshotId: idAt(at) });
    expect(evidence).toMatchObject({ deed: "alter", backups: ["all"], removed: 1, objects: 4 });
    expect(await chain.ids()).toEqual(ids.filter((_, each) => each !== at));
    expect((await chain.world.info("all")).removed).toMatchObject([{ id: idAt(at), because: "purge" }]);
    await chain.expectWhole();
    await chain.expectNoStrays();
    await chain.insert(3);
    await chain.take("incremental");
    await chain.expectWhole((await chain.ids()).slice(-1));
  });

  test("of one after the other leaves the full as it was, and every snapshot between restorable", async () => {
    for (const at of [2, 1, 3, 4]) {
      await chain.altered({ action: "purge", snapshotId: idAt(at) });
      await chain.expectWhole();
    }
    expect(await chain.ids()).toEqual([idAt(0)]);
    await chain.expectNoStrays();
  });

  test("of the full, of one that is not listed and of one that was purged is refused and changes nothing", async () => {
    const before = await chain.print();
    expect(await refusal(chain.alter({ action: "purge", snapshotId: idAt(0) }))).toBe("full-not-purged");
    expect(await refusal(chain.alter({ action: "purge", snapshotId: 42 }))).toBe("snapshot-not-found");
    expect(await chain.print()).toEqual(before);
    await chain.altered({ action: "purge", snapshotId: idAt(2) });
    expect(await refusal(chain.alter({ action: "purge", snapshotId: idAt(2) }))).toBe("snapshot-not-found");
  });

  test("that would hand on a file that is gone or short is refused before anything changed", async () => {
    const file = await chain.fileOf(idAt(1), /parts\/data\/a\/wide\/.*s\.bin$/);
    await truncate(file, 1);
    const before = await chain.print();
    expect(await refusal(chain.alter({ action: "purge", snapshotId: idAt(1) }))).toBe("backup-unusable");
    await rm(file);
    expect(await refusal(chain.alter({ action: "purge", snapshotId: idAt(1) }))).toBe("backup-unusable");
    expect((await chain.world.info("all")).work).toBeUndefined();
    expect(before.length - 1).toBe((await chain.print()).length);
  });

  test("that was asked to stop before it began leaves all as it was, and once begun it goes on to the end", async () => {
    const before = await chain.print();
    expect(
      (await reportsOf(chain.alter({ action: "purge", snapshotId: idAt(1) }, {}, AbortSignal.abort()))).at(-1),
    ).toEqual({
      type: "stopped",
    });
    expect(await chain.print()).toEqual(before);
    const stop = new AbortController();
    const reports = [];
    for await (const report of chain.alter({ action: "purge", snapshotId: idAt(1) }, {}, stop.signal)) {
      reports.push(report);
      if (report.type === "phase" && report.phase === "folding") stop.abort();
    }
    expect(reports.at(-1)?.type).toBe("confirmed");
    await chain.expectWhole();
    await chain.expectNoStrays();
  });
});

describe("MERGE", () => {
  test("makes one full of the newest, with links and no byte written again, and more can be taken on top of it", async () => {
    const inodes = new Set((await Promise.all(ids.map((id) => chain.inodes(id)))).flatMap((each) => [...each]));
    const evidence = await chain.altered({ action: "merge", comment: "end of the year" });
    const [merged, ...others] = (await chain.world.info("all")).snapshots;
    expect(others).toEqual([]);
    expect(merged).toMatchObject({
      kind: "full",
      comment: "end of the year",
      proof: { level: "L1" },
      requestedBy: "ana",
    });
    expect(evidence).toMatchObject({ snapshotId: merged?.id, removed: 5, objects: 4, rows: merged?.rows });
    expect(merged?.id).toBeGreaterThan(idAt(4));
    chain.held.set(merged?.id ?? 0, chain.held.get(idAt(4)) ?? {});
    const written = [...(await chain.inodes(merged?.id ?? 0))].filter((inode) => !inodes.has(inode));
    // Its list of files and the engine's account of each folder.
    expect(written.length).toBe(1 + (merged?.folders.length ?? 0));
    await chain.expectWhole();
    await chain.expectNoStrays();
    expect(
      (await chain.world.store.definitions(await chain.world.info("all"))).bySnapshot.get(merged?.id ?? 0),
    ).toHaveLength(4);
    await chain.insert(3);
    await chain.take("incremental");
    await chain.take("differential");
    await chain.expectWhole();
    expect(await refusal(chain.alter({ action: "purge", snapshotId: merged?.id ?? 0 }))).toBe("full-not-purged");
  });

  test("after purges leaves what the newest held", async () => {
    await chain.altered({ action: "purge", snapshotId: idAt(1) });
    await chain.altered({ action: "purge", snapshotId: idAt(4) });
    const { snapshotId = 0 } = await chain.altered({ action: "merge" });
    chain.held.set(snapshotId, chain.held.get(idAt(3)) ?? {});
    await chain.expectWhole();
    expect(await refusal(chain.alter({ action: "merge" }))).toBe("nothing-to-merge");
  });

  test("reads every byte back where the backup's options say CHECKSUM, and lists nothing that is not what it was", async () => {
    await chain.altered({ action: "set", options: { checksum: true } });
    const before = await chain.print();
    const file = await chain.fileOf(idAt(4), /parts\/data\/a\/parts\/.*data\.bin$/);
    await flip(file);
    const failure = await reportsOf(chain.alter({ action: "merge" })).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: "proof-failed" });
    expect(failure instanceof SnapdeckError && failure.detail).toContain("parts/data/a/parts/");
    await flip(file);
    expect(await chain.print()).toEqual(before);
    const reports = await reportsOf(chain.alter({ action: "merge" }));
    expect(reports.flatMap((report) => (report.type === "phase" ? report.phase : []))).toEqual([
      "preparing",
      "folding",
      "reading",
      "listing",
      "removing",
    ]);
    const last = reports.findLast((report) => report.type === "progress");
    expect(last?.ranks[0]).toMatchObject({ rank: 0, bytesDone: last?.ranks[0]?.bytesTotal });
    expect((await chain.world.info("all")).snapshots).toMatchObject([{ proof: { level: "L2" } }]);
  });

  test("of a chain with a missing or truncated base is refused and changes nothing", async () => {
    const file = await chain.fileOf(idAt(0), /parts\/data\/a\/wide\/.*s\.bin$/);
    await truncate(file, 1);
    const before = await chain.print();
    expect(await refusal(chain.alter({ action: "merge" }))).toBe("backup-unusable");
    expect(await chain.print()).toEqual(before);
  });

  test("that is asked to stop while it reads leaves the backup as it was", async () => {
    await chain.altered({ action: "set", options: { checksum: true } });
    const before = await chain.print();
    const stop = new AbortController();
    const reports = [];
    for await (const report of chain.alter({ action: "merge" }, {}, stop.signal)) {
      reports.push(report);
      if (report.type === "phase" && report.phase === "reading") stop.abort();
    }
    expect(reports.at(-1)).toEqual({ type: "stopped" });
    expect(await chain.print()).toEqual(before);
  });
});

describe("ALTER BACKUP", () => {
  test("SET changes what snapshots to come are taken with, and no snapshot that there is", async () => {
    const { snapshots, revision } = await chain.world.info("all");
    await chain.altered({ action: "set", options: { maxIncrementalBackupsToKeep: 1, checksum: true } });
    const after = await chain.world.info("all");
    expect(after.options).toEqual({ checksum: true, ddlOnly: false, maxIncrementalBackupsToKeep: 1 });
    expect(after.snapshots).toEqual(snapshots);
    expect(after.revision).toBe(revision + 1);
    await chain.take("incremental");
    expect((await chain.world.info("all")).snapshots.map(({ kind }) => kind)).toEqual([
      "full",
      "differential",
      "incremental",
    ]);
    await chain.expectWhole();
  });

  test("with DRY_RUN tells what would be folded, written and removed, and changes nothing", async () => {
    const before = await chain.print();
    const { backups } = chain.world;
    const purge = await backups.planAlter({ ...chain.place, action: "purge", snapshotId: idAt(1) });
    expect(purge.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
      `fold into snapshot ${idAt(2)}`,
      `remove snapshot snapshot ${idAt(1)}`,
    ]);
    const merge = await backups.planAlter({ ...chain.place, action: "merge" });
    expect(merge.map(({ action }) => action)).toEqual(["write", ...ids.map(() => "remove snapshot")]);
    expect(await backups.planAlter({ ...chain.place, action: "set", options: { ddlOnly: true } })).toEqual([
      { action: "change", subject: "DDL_ONLY from false to true" },
    ]);
    expect(await refusal(backups.planAlter({ ...chain.place, action: "purge", snapshotId: idAt(0) }))).toBe(
      "full-not-purged",
    );
    expect(await chain.print()).toEqual(before);
  });

  test("of a backup that is not there, or that another console signed, is refused and changes nothing", async () => {
    const nowhere = { ...chain.world.place("nowhere"), action: "merge" as const, ...chain.world.order() };
    expect(await refusal(chain.world.backups.alter(nowhere, new AbortController().signal))).toBe("backup-not-found");
    const before = await chain.print();
    const theirs = await chain.world.storeOf(aSealer());
    for (const alteration of [{ action: "merge" }, { action: "set", options: { checksum: true } }] as const)
      expect(await refusal(chain.alter(alteration, {}, undefined, theirs))).toBe("backup-unusable");
    expect(await chain.print()).toEqual(before);
  });

  test("stops where another process holds the lock, and whoever holds it finishes what was begun", async () => {
    let checks = 0;
    const checkFence = async () => {
      checks += 1;
      if (checks > 3) throw new SnapdeckError("lock-lost", "another process holds it");
    };
    expect(await refusal(chain.alter({ action: "purge", snapshotId: idAt(1) }, { checkFence }))).toBe("lock-lost");
    await chain.expectWhole();
    await chain.take("incremental");
    expect(await chain.ids()).not.toContain(idAt(1));
    await chain.expectWhole();
    await chain.expectNoStrays();
  });
});

describe.each([
  ["PURGE", () => ({ action: "purge", snapshotId: idAt(1) }) as const, (): number => 1],
  ["MERGE", () => ({ action: "merge" }) as const, (): number => ids.length],
] as const)("%s that is killed at any step", (_, ask, removed) => {
  test("leaves every snapshot restorable, and is finished when it is taken up, with the same counts", async () => {
    const { store } = chain.world;
    const points = await crashPoints((watched) => confirmedBy(chain.alter(ask(), {}, undefined, watched)), store);
    expect(points.length).toBeGreaterThan(4);
    for (const at of points) {
      await chain.reset();
      const order = chain.world.order();
      const died = await dies((dying) => confirmedBy(chain.alter(ask(), order, undefined, dying)), store, at);
      expect(died, `it dies at step ${at}`).toBe(true);
      await note();
      await chain.expectWhole();
      const evidence = await confirmedBy(chain.alter(ask(), { ...order, takeUp: true }));
      const counted = { removed: removed(), objects: 4 };
      expect(evidence, `taken up after step ${at}`).toMatchObject({
        kind: "database-backup",
        deed: "alter",
        ...counted,
      });
      await note();
      await chain.expectWhole();
      await chain.expectNoStrays();
      await chain.world.backups.discard({ jobId: order.jobId, deed: "alter", store, backups: [chain.place.backup] });
      await chain.expectNoStrays();
    }
  }, 240_000);

  /** What a merge made holds what the newest held. */
  async function note(): Promise<void> {
    for (const id of await chain.ids()) if (!chain.held.has(id)) chain.held.set(id, chain.held.get(idAt(4)) ?? {});
  }
});

test("What a merge that died has put together is removed with the job", async () => {
  const { store } = chain.world;
  const before = (await chain.print()).map((line) => relative(chain.folder, line));
  const order = chain.world.order();
  await dies((dying) => confirmedBy(chain.alter({ action: "merge" }, order, undefined, dying)), store, 5);
  expect((await chain.print()).length).toBeGreaterThan(before.length);
  await chain.world.backups.discard({ jobId: order.jobId, deed: "alter", store, backups: [chain.place.backup] });
  expect((await chain.print()).map((line) => relative(chain.folder, line))).toEqual(before);
});
