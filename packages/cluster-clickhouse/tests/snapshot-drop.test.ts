import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { crashPoints, dies, refusal } from "./chain-world.ts";
import { aSealer, confirmedBy, EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";
import { SnapshotWorld } from "./snapshot-world.ts";
import { filesBelow } from "./store-tricks.ts";

let host: EmbeddedHost;
let world: SnapshotWorld;

beforeAll(async () => {
  host = await EmbeddedHost.start();
  world = await SnapshotWorld.open(host);
  await host.run(
    "CREATE DATABASE a",
    "CREATE TABLE a.parts (n UInt64) ENGINE = MergeTree ORDER BY n",
    "INSERT INTO a.parts SELECT number FROM numbers(1000)",
    "CREATE TABLE a.log (n UInt64) ENGINE = Log",
    "INSERT INTO a.log SELECT number FROM numbers(10)",
  );
});
afterAll(async () => {
  await world.cluster.close();
  await host[Symbol.asyncDispose]();
});

const folder = (name: string) => join(host.backupRoot, name);
const filesOf = (name: string) => filesBelow(folder(name));
const names = async () => (await world.store.list()).map(({ name }) => String(name));
const request = (...backups: string[]) => ({
  store: world.store,
  backups: backups.map((name) => world.place(name).backup),
});

function drop(backups: readonly string[], overrides = {}, signal = NEVER, store = world.store) {
  return world.backups.drop({ ...request(...backups), store, ...world.order(overrides) }, signal);
}

async function backUp(name: string): Promise<void> {
  await world.take(world.full(name, "a"));
  await host.run("INSERT INTO a.parts VALUES (7)");
  await world.take(world.incremental(name));
}

describe("DROP BACKUP", () => {
  test("removes a backup with every snapshot, and what it was is told", async () => {
    await backUp("orders");
    await backUp("stays");
    const kept = (await world.info("orders")).snapshots.map((snapshot) => snapshot.kept);
    const evidence = await confirmedBy(drop(["orders"]));
    expect(evidence).toMatchObject({
      deed: "drop",
      backups: ["orders"],
      removed: 2,
      objects: 3,
      files: kept.reduce((sum, { files }) => sum + files, 0),
      sizeBytes: kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    });
    expect(await names()).toEqual(["stays"]);
    expect(await world.store.files.folders()).toEqual(["stays"]);
    expect(await refusal(drop(["orders"]))).toBe("backup-not-found");
    await backUp("orders");
    expect(await names()).toEqual(["orders", "stays"]);
  });

  test("removes several, and none is no error", async () => {
    await backUp("conf_1");
    await backUp("conf_2");
    expect(await confirmedBy(drop(["conf_1", "conf_2"]))).toMatchObject({ backups: ["conf_1", "conf_2"], removed: 4 });
    expect(await names()).toEqual(["orders", "stays"]);
    expect(await confirmedBy(drop([]))).toMatchObject({ backups: [], removed: 0 });
  });

  test("that is asked to stop ends the one that it began, and tells which are as they were", async () => {
    await backUp("first");
    await backUp("second");
    expect((await reportsOf(drop(["first"], {}, AbortSignal.abort()))).at(-1)).toEqual({ type: "stopped" });
    const stop = new AbortController();
    const stopping = {
      ...world.store,
      carryOut: (...[name, plan, standing, prove, onStep]: Parameters<typeof world.store.carryOut>) =>
        world.store.carryOut(name, plan, standing, prove, async (step) => {
          if (step.step === "remove-definitions") stop.abort();
          await onStep?.(step);
        }),
    };
    const evidence = await confirmedBy(drop(["first", "second"], {}, stop.signal, stopping));
    expect(evidence).toMatchObject({ backups: ["first"], warning: expect.stringContaining("second") });
    expect(await names()).toEqual(["orders", "second", "stays"]);
    expect(await filesOf("first")).toEqual([]);
  });

  test("with DRY_RUN tells what would go, and removes nothing", async () => {
    const before = await filesOf("orders");
    const rows = await world.backups.planDrop(request("orders", "stays"));
    expect(rows.map(({ action }) => action)).toEqual([
      "remove backup",
      "remove snapshot",
      "remove snapshot",
      "remove backup",
      "remove snapshot",
      "remove snapshot",
    ]);
    expect(rows[0]).toMatchObject({ subject: "orders", sizeBytes: expect.any(Number) });
    expect(await filesOf("orders")).toEqual(before);
    expect(await refusal(world.backups.planDrop(request("nowhere")))).toBe("backup-not-found");
  });

  test("takes one that nobody can read any more, or that another console signed, and leaves what is nobody's", async () => {
    await backUp("broken");
    await truncate(join(folder("broken"), "ki_backup_info.json"), 10);
    await writeFile(join(folder("broken"), "notes.txt"), "somebody's", { mode: 0o600 });
    await confirmedBy(drop(["broken"]));
    expect(await filesOf("broken")).toEqual([join(folder("broken"), "notes.txt")]);
    await backUp("theirs");
    await confirmedBy(drop(["theirs"], {}, NEVER, await world.storeOf(aSealer())));
    expect(await filesOf("theirs")).toEqual([]);
  });

  test("removes what a creation that died left under that name", async () => {
    const left = join(folder("half"), "1654321012345", "rank-0", "tom-0", "parts");
    await mkdir(left, { recursive: true, mode: 0o700 });
    await writeFile(join(left, "x.bin"), "rows");
    await confirmedBy(drop(["half"]));
    expect(await world.store.files.folders()).not.toContain("half");
  });

  test("that is killed at any step leaves no backup with files missing, and is finished when it is taken up", async () => {
    await backUp("dying");
    const points = await crashPoints((store) => confirmedBy(drop(["dying"], {}, NEVER, store)), world.store);
    expect(points.length).toBeGreaterThan(2);
    for (const at of points) {
      await backUp("dying");
      const held = await world.contents("a");
      const newest = (await world.info("dying")).snapshots.at(-1)?.id ?? 0;
      const order = world.order();
      expect(await dies((store) => confirmedBy(drop(["dying"], order, NEVER, store)), world.store, at)).toBe(true);
      if ((await names()).includes("dying")) expect(await world.restored("dying", newest, "a")).toEqual(held);
      expect(await confirmedBy(drop(["dying"], { ...order, takeUp: true }))).toMatchObject({ deed: "drop" });
      expect(await world.store.files.folders()).not.toContain("dying");
    }
  }, 120_000);

  test("of a name that a creation's dead folders have is cleared away with the job that died", async () => {
    await backUp("cleared");
    const order = world.order();
    await dies((store) => confirmedBy(drop(["cleared"], order, NEVER, store)), world.store, 2);
    await world.backups.discard({ jobId: order.jobId, deed: "drop", ...request("cleared") });
    expect(await filesOf("cleared")).toEqual([]);
    await world.backups.discard({ jobId: order.jobId, deed: "drop", ...request("cleared", "orders") });
    expect(await names()).toContain("orders");
  });
});
