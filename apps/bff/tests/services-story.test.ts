import { describe, expect, test } from "vitest";
import {
  ADMIN,
  backedUp,
  jobIn,
  MEMORY,
  OPERATOR,
  plannedRestore,
  resumed,
  rowsOf,
  servicesWorld,
  suspended,
  VIEWER,
  writeRow,
} from "./services-world.ts";

describe("the operator's story", () => {
  test("back up, suspend, restore, resume brings the rows back", async () => {
    const world = await servicesWorld();
    const then = [...(rowsOf(world.engine) ?? [])];
    const backupId = await backedUp(world);
    writeRow(world.engine, "written later");
    await suspended(world);
    const job = await world.services.backups.startRestore(MEMORY, await plannedRestore(world, backupId), ADMIN);
    const done = await jobIn(world, job.id, "succeeded");
    expect(done.state).toMatchObject({ evidence: { kind: "restore", backupId, rows: 3 } });
    await resumed(world);
    expect(rowsOf(world.engine)).toEqual(then);
    expect((await world.services.clusters.inventory(MEMORY)).rows).toBe(3);
  });

  test("a backup is listed before its job is told to have succeeded", async () => {
    const world = await servicesWorld();
    const listedAtSuccess: Promise<number>[] = [];
    world.services.clusters.watch(MEMORY, (event) => {
      if (event.type !== "job" || event.job.state.name !== "succeeded") return;
      listedAtSuccess.push(
        world.services.backups.page(MEMORY, { sort: "newest", limit: 50 }).then((page) => page.total),
      );
    });
    const backupId = await backedUp(world);
    await expect.poll(() => listedAtSuccess.length).toBe(1);
    expect(await listedAtSuccess[0]).toBe(1);
    expect((await world.services.clusters.view(MEMORY, "viewer")).backups).toMatchObject({
      count: 1,
      newest: { id: backupId },
    });
  });

  test("each change of a job is told once and in order, whatever happens at once", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    const again = await world.services.backups.start(MEMORY, ADMIN);
    const removal = await world.services.jobs.start(MEMORY, { kind: "delete-backup", backupId }, ADMIN);
    await jobIn(world, again.id, "succeeded");
    await jobIn(world, removal.id, "succeeded");
    const { seq } = await world.services.jobs.activity(MEMORY);
    const seqs = () => world.events.flatMap((event) => (event.type === "job" ? [event.seq] : []));
    await expect.poll(() => seqs().at(-1)).toBe(seq);
    expect(seqs()).toEqual(Array.from({ length: seq }, (_, index) => index + 1));
    expect((await world.services.jobs.changesSince(MEMORY, 0, 1_000))?.map((change) => change.seq)).toEqual(seqs());
  });

  test("a job's card can show phases and bytes while it runs", async () => {
    const world = await servicesWorld();
    world.engine.holdAt("copying");
    const job = await world.services.backups.start(MEMORY, ADMIN);
    await jobIn(world, job.id, "running");
    await expect.poll(() => world.events.some((event) => event.type === "progress")).toBe(true);
    world.engine.release("copying");
    const done = await jobIn(world, job.id, "succeeded");
    expect(done.progress).toMatchObject({ bytesDone: 300, bytesTotal: 300 });
    const phases = world.events.flatMap((event) =>
      event.type === "job" && event.job.state.name === "running" ? [event.job.state.phase] : [],
    );
    expect([...new Set(phases)]).toEqual(["preparing", "copying", "proving", "listing"]);
  });

  test("example data is loaded on an empty cluster and refused on one that holds rows", async () => {
    const world = await servicesWorld();
    const load = () => world.services.jobs.start(MEMORY, { kind: "load-example-data" }, OPERATOR);
    await expect(load()).rejects.toMatchObject({ code: "cluster-not-empty" });
    world.engine.data.clear();
    const job = await load();
    await jobIn(world, job.id, "succeeded");
    expect((await world.services.clusters.inventory(MEMORY)).rows).toBe(100);
  });

  test("the view says to each role what it may do now, and why not", async () => {
    const world = await servicesWorld();
    const view = await world.services.clusters.view(MEMORY, VIEWER.role);
    expect(view.actions.backUp).toMatchObject({ allowed: false, code: "role-needed" });
    const admin = await world.services.clusters.view(MEMORY, ADMIN.role);
    expect(admin.actions.backUp).toEqual({ allowed: true });
    expect(admin.actions.restore).toMatchObject({ code: "cluster-not-suspended", wayOut: "suspend" });
    expect(await world.services.readiness()).toEqual({ ready: true, waitingFor: [] });
  });

  test("what a suspended cluster holds is told as it was last seen, also to the next server", async () => {
    const first = await servicesWorld();
    writeRow(first.engine, "seen right before the suspend");
    await suspended(first);
    const remembered = await first.services.clusters.inventory(MEMORY);
    expect(remembered).toMatchObject({ live: false, rows: 4 });
    await first.stop();
    const second = await servicesWorld({ database: first.database, engine: first.engine });
    expect(await second.services.clusters.inventory(MEMORY)).toEqual(remembered);
  });
});
