import { appendFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";
import { SnapshotWorld } from "./snapshot-world.ts";
import { stoppingAt } from "./stopping-store.ts";
import { filesBelow } from "./store-tricks.ts";

let host: EmbeddedHost;
let world: SnapshotWorld;

beforeAll(async () => {
  host = await EmbeddedHost.start();
  world = await SnapshotWorld.open(host);
});
afterAll(() => host[Symbol.asyncDispose]());

/** Tables of every kind that a snapshot keeps in its own way. */
async function town(schema: string): Promise<void> {
  await host.run(
    `CREATE DATABASE ${schema}`,
    `CREATE TABLE ${schema}.parts (n UInt64, s String) ENGINE = MergeTree ORDER BY n`,
    `CREATE TABLE ${schema}.newest (n UInt64, s String) ENGINE = ReplacingMergeTree ORDER BY n`,
    `CREATE TABLE ${schema}.log (n UInt64, s String) ENGINE = Log`,
    `CREATE TABLE ${schema}.tiny (n UInt64, s String) ENGINE = TinyLog`,
    `CREATE TABLE ${schema}.stripe (n UInt64, s String) ENGINE = StripeLog`,
    `CREATE TABLE ${schema}.memory (n UInt64, s String) ENGINE = Memory`,
    `CREATE VIEW ${schema}.evens AS SELECT n FROM ${schema}.parts WHERE n % 2 = 0`,
    `CREATE VIEW ${schema}.few AS SELECT n FROM ${schema}.evens INNER JOIN ${schema}.log USING n`,
    `CREATE MATERIALIZED VIEW ${schema}.sums ENGINE = MergeTree ORDER BY s AS SELECT s, n FROM ${schema}.parts`,
  );
  await fill(schema, 0, 1_000);
}

let filled = 0;

async function fill(schema: string, from = filled, rows = 10): Promise<void> {
  filled = from + rows;
  for (const table of ["parts", "newest", "log", "tiny", "stripe", "memory"]) {
    await host.run(`INSERT INTO ${schema}.${table} SELECT number + ${from}, toString(number % 5) FROM numbers(${rows})`);
  }
}

const refusal = (work: AsyncIterable<WorkReport> | Promise<unknown>) =>
  ("then" in work ? work : reportsOf(work)).then(
    () => "none",
    (thrown: unknown) => (thrown instanceof SnapdeckError ? thrown.code : String(thrown)),
  );

describe("Taking snapshots", () => {
  test("of every kind, each restores to just what the schema held, and takes from others what has not changed", async () => {
    await town("a");
    const held = new Map<number, Record<string, string>>();
    const keep = async (id: number) => void held.set(id, await world.contents("a"));

    const full = await world.id(world.full("all", "a"));
    await keep(full);
    await fill("a");
    const second = await world.id(world.incremental("all"));
    await keep(second);
    await host.run("ALTER TABLE a.parts DELETE WHERE n < 100 SETTINGS mutations_sync = 2", "DROP TABLE a.newest SYNC");
    await host.run("CREATE TABLE a.newest (n UInt64, s String) ENGINE = ReplacingMergeTree ORDER BY n");
    await fill("a");
    const third = await world.id(world.incremental("all", { checksum: true }));
    await keep(third);
    const fourth = await world.id(world.differential("all"));
    await keep(fourth);

    const { snapshots } = await world.info("all");
    expect(snapshots.map(({ id, kind, baseId }) => [id, kind, baseId])).toEqual([
      [full, "full", undefined],
      [second, "incremental", full],
      [third, "incremental", second],
      [fourth, "differential", full],
    ]);
    expect(snapshots.map(({ proof }) => proof.level)).toEqual(["L1", "L1", "L2", "L1"]);
    for (const { id, rows } of snapshots) {
      expect(await world.restored("all", id, "a"), `snapshot ${id}`).toEqual(held.get(id));
      expect(rows).toBeGreaterThan(0);
    }
    const [first, next] = snapshots;
    const partsOf = async (id: number) => {
      const files = await world.store.content(world.place("all").backup, (await world.info("all")).snapshots.find((each) => each.id === id)!);
      return files.filter((file) => file.folder.endsWith("/parts") && file.parts.some((part) => part.snapshotId === id));
    };
    expect((await partsOf(second)).length).toBeLessThan((await partsOf(full)).length);
    expect(first?.folders.map(({ path }) => path)).toEqual(["rank-0/tom-0/parts", "rank-0/tom-0/log"]);
    expect(next?.hostAddress).toBe("127.0.0.1");
  });

  test("keeps the definitions with what they need, and rows as they were counted", async () => {
    await host.run("CREATE FUNCTION one_more AS x -> x + 1", "CREATE FUNCTION two_more AS x -> one_more(x) + 1");
    const objects = [
      { type: "ALL", name: "a" },
      { type: "FUNCTION", name: "two_more" },
    ] as const;
    const id = await world.id(world.full("defined", "a", { objects: [...objects] }));
    const info = await world.info("defined");
    const definitions = (await world.store.definitions(info)).bySnapshot.get(id) ?? [];
    const words = definitions.map(({ ref, engine, dependsOn = [] }) =>
      [ref.type, ref.name, engine ?? "-", ...dependsOn.map(({ name }) => name)].join(" "),
    );
    expect(words).toEqual([
      "SCHEMA a -",
      "FUNCTION two_more - one_more",
      "TABLE evens View parts",
      "TABLE few View evens log",
      "TABLE log Log",
      "TABLE memory Memory",
      "TABLE newest ReplacingMergeTree",
      "TABLE parts MergeTree",
      "TABLE stripe StripeLog",
      "TABLE sums MaterializedView parts",
      "TABLE tiny TinyLog",
    ]);
    const rows = Object.fromEntries(definitions.map((each) => [each.ref.name, each.rows]));
    expect(rows).toMatchObject({ parts: 920, log: 1_020, memory: 1_020 });
    expect(rows["evens"]).toBeUndefined();
    expect(definitions.find(({ ref }) => ref.name === "evens")?.ddl).toEqual({
      kind: "plain",
      text: "CREATE VIEW a.evens (`n` UInt64) AS SELECT n FROM a.parts WHERE (n % 2) = 0",
    });
  });

  test("keeps as many incrementals as the cap says, and lets the others go without losing what they gave", async () => {
    await town("capped");
    await world.id(world.full("capped", "capped", { options: { checksum: false, ddlOnly: false, maxIncrementalBackupsToKeep: 2 } }));
    const held = new Map<number, Record<string, string>>();
    const removed: number[] = [];
    for (let at = 0; at < 4; at++) {
      await fill("capped");
      const evidence = await world.take(world.incremental("capped"));
      removed.push(evidence.removed);
      held.set(evidence.snapshotId ?? 0, await world.contents("capped"));
    }
    expect(removed).toEqual([0, 0, 1, 1]);
    const { snapshots } = await world.info("capped");
    expect(snapshots.map(({ kind }) => kind)).toEqual(["full", "incremental", "incremental"]);
    for (const { id } of snapshots.slice(1))
      expect(await world.restored("capped", id, "capped")).toEqual(held.get(id));
    const listed = new Set(snapshots.map(({ id }) => String(id)));
    expect((await world.store.files.folders("capped")).filter((name) => !listed.has(name))).toEqual([]);
  });

  test("leaves the full one and the new differential where the intermediate ones are to go", async () => {
    await fill("capped");
    const evidence = await world.take(world.differential("capped", true));
    expect(evidence.removed).toBe(2);
    const { snapshots } = await world.info("capped");
    expect(snapshots.map(({ kind }) => kind)).toEqual(["full", "differential"]);
    expect(await world.restored("capped", snapshots[1]!.id, "capped")).toEqual(await world.contents("capped"));
  });

  test("refuses a name that is taken, and keeps the old backup until a new one that takes its place is complete", async () => {
    const before = (await world.info("capped")).snapshots.map(({ id }) => id);
    expect(await refusal(world.take(world.full("capped", "capped")))).toBe("backup-exists");
    const missing = { recreate: true, objects: [{ type: "ALL", name: "nowhere" }] } as const;
    expect(await refusal(world.take(world.full("capped", "capped", { ...missing, objects: [...missing.objects] })))).toBe(
      "object-not-found",
    );
    expect((await world.info("capped")).snapshots.map(({ id }) => id)).toEqual(before);

    const evidence = await world.take(world.full("capped", "capped", { recreate: true, comment: "anew" }));
    const info = await world.info("capped");
    expect(evidence).toMatchObject({ removed: 2 });
    expect(info.snapshots.map(({ kind, comment }) => [kind, comment])).toEqual([["full", "anew"]]);
    expect(info.removed.filter(({ because }) => because === "recreate").map(({ id }) => id)).toEqual(before);
    expect(await world.store.files.folders("capped")).toEqual([String(evidence.snapshotId)]);
    expect(await world.restored("capped", info.snapshots[0]!.id, "capped")).toEqual(await world.contents("capped"));
  });

  test("with definitions only takes no rows, and no snapshot when only rows changed", async () => {
    const options = { checksum: false, ddlOnly: true };
    const first = await world.take(world.full("ddl", "capped", { options }));
    expect(first).toMatchObject({ rows: 0, files: 0, objects: 10 });
    await fill("capped");
    const none = await world.take(world.incremental("ddl"));
    expect(none.snapshotId).toBeUndefined();
    expect(none.warning).toContain("no definition changed");
    await host.run("CREATE TABLE capped.more (n UInt64) ENGINE = Memory");
    const second = await world.take(world.incremental("ddl"));
    expect(second).toMatchObject({ objects: 11, rows: 0 });
    // With rows again, on a base that has none.
    const third = await world.id(world.incremental("ddl", { ddlOnly: false }));
    expect(await world.restored("ddl", third, "capped")).toEqual(await world.contents("capped"));
  });

  test("names every object that is missing, and what this cluster can back up", async () => {
    const objects = [
      { type: "TABLE", schema: "a", name: "parts" },
      { type: "TABLE", schema: "a", name: "gone" },
      { type: "FUNCTION", name: "lost" },
    ] as const;
    const request = (each: typeof objects | readonly [{ type: "STREAM"; name: "s" }]) =>
      world.full("bad", "a", { objects: [...each] });
    await expect(world.take(request(objects))).rejects.toThrow(/a\.gone, FUNCTION lost/);
    const thrown = await world.take(request([{ type: "STREAM", name: "s" }])).catch((each: unknown) => each);
    expect(thrown).toMatchObject({ code: "not-supported", hint: "OBJECTS may name ALL, TABLE, FUNCTION." });
    expect(await refusal(world.take(world.incremental("bad")))).toBe("backup-not-found");
    expect(await world.store.files.folders("bad")).toEqual([]);
  });

  test("warns of rows that the engine puts into no backup", async () => {
    await host.run(
      "CREATE DATABASE odd",
      "CREATE TABLE odd.joined (n UInt64, m UInt64) ENGINE = Join(ANY, LEFT, n)",
      "INSERT INTO odd.joined SELECT 1, 2",
    );
    const { warning } = await world.take(world.full("odd", "odd"));
    expect(warning).toContain("odd.joined (Join)");
  });

  test("seals definitions that hold a secret", async () => {
    await host.run(
      "CREATE DATABASE remote",
      "CREATE TABLE remote.there (n UInt64) ENGINE = MySQL('127.0.0.1:1', 'd', 't', 'u', 'open-sesame')",
    );
    const id = await world.id(world.full("remote", "remote"));
    const definitions = (await world.store.definitions(await world.info("remote"))).bySnapshot.get(id) ?? [];
    const { ddl } = definitions.find(({ ref }) => ref.name === "there")!;
    expect(ddl.kind).toBe("sealed");
    expect(host.sealer.unseal(ddl.text)).toContain("open-sesame");
  });

  test("says beforehand what it would write and what would go, and changes nothing", async () => {
    await world.id(world.full("plan", "capped"));
    await world.id(world.incremental("plan"));
    const before = await filesBelow(join(host.backupRoot, "plan"));
    const rows = await world.backups.planTake(world.incremental("plan", { maxIncrementalBackupsToKeep: 1 }));
    expect(rows.map(({ action, subject }) => `${action} ${subject}`)).toEqual(
      expect.arrayContaining(["write SCHEMA capped", "write TABLE capped.parts"]),
    );
    const [, incremental] = (await world.info("plan")).snapshots;
    expect(rows.at(-1)).toMatchObject({ action: "remove snapshot", subject: `snapshot ${incremental?.id}` });
    expect(await refusal(world.backups.planTake(world.full("plan", "capped")))).toBe("backup-exists");
    expect(await filesBelow(join(host.backupRoot, "plan"))).toEqual(before);
  });

  test.each([
    { what: "is missing", act: (path: string) => rm(path) },
    { what: "is short", act: (path: string) => truncate(path, 3) },
    { what: "is longer", act: (path: string) => appendFile(path, "x") },
  ])("builds on no snapshot of which a file $what", async ({ what, act }) => {
    const name = `broken_${what.split(" ")[1]}`;
    const id = await world.id(world.full(name, "capped"));
    await world.id(world.incremental(name));
    const files = await filesBelow(join(host.backupRoot, name, String(id)));
    const file = files.find((path) => path.endsWith("data.bin"));
    await act(file!);
    const before = await world.info(name);
    await expect(world.take(world.incremental(name))).rejects.toMatchObject({ code: "backup-unusable" });
    expect(await world.info(name)).toEqual(before);
  });

  test("is stopped when asked to, and leaves nothing behind", async () => {
    await host.run(
      "CREATE DATABASE large",
      "CREATE TABLE large.t (s String) ENGINE = MergeTree ORDER BY tuple() SETTINGS min_bytes_for_wide_part = 0",
      "INSERT INTO large.t SELECT randomPrintableASCII(1000) FROM numbers(20000)",
    );
    const slow = await host.cluster({ backupBandwidthBytesPerSecond: 2_000_000 });
    for (const name of ["stopped", "capped"]) {
      const before = (await world.store.read(world.place(name).backup))?.info;
      const folders = await world.store.files.folders(name);
      const stop = new AbortController();
      const request = world.full(name, "large", { recreate: true });
      const reports: WorkReport[] = [];
      for await (const report of slow.databaseBackups.take({ ...request, ...world.order() }, stop.signal)) {
        reports.push(report);
        if (report.type === "progress") stop.abort();
      }
      expect(reports.at(-1)).toEqual({ type: "stopped" });
      expect((await world.store.read(world.place(name).backup))?.info).toEqual(before);
      expect(await world.store.files.folders(name)).toEqual(folders);
    }
  });

  test("goes on in another process with what the engines do, and lists it once", async () => {
    const slow = await host.cluster({ backupBandwidthBytesPerSecond: 5_000_000 });
    const order = world.order();
    const request = world.full("taken_up", "large");
    // A process that ends says nothing to the engines.
    for await (const report of slow.databaseBackups.take({ ...request, ...order }, NEVER)) if (report.type === "progress") break;
    const second = await host.cluster();
    const again = { ...request, ...order, takeUp: true };
    const last = (await reportsOf(second.databaseBackups.take(again, NEVER))).at(-1);
    expect(last).toMatchObject({ type: "confirmed", evidence: { deed: "take", rows: 20_000 } });
    const info = await world.info("taken_up");
    expect(info.snapshots).toHaveLength(1);
    expect(await world.restored("taken_up", info.snapshots[0]!.id, "large")).toEqual(await world.contents("large"));
    // Once more, when it is listed already.
    expect((await reportsOf(second.databaseBackups.take(again, NEVER))).at(-1)).toEqual(last);
    expect(await world.info("taken_up")).toEqual(info);
  });

  test("writes a folder in full where the engine would restore what it took from a base wrong", async () => {
    await host.run(
      "CREATE DATABASE twins",
      "CREATE TABLE twins.one (n UInt64) ENGINE = MergeTree ORDER BY n",
      "INSERT INTO twins.one SELECT 1",
    );
    const full = await world.id(world.full("twins", "twins"));
    const first = await world.contents("twins");
    await host.run(
      "DROP TABLE twins.one SYNC",
      "CREATE TABLE twins.one (n UInt64) ENGINE = MergeTree ORDER BY n",
      "CREATE TABLE twins.two (n UInt64) ENGINE = MergeTree ORDER BY n",
      ...["one", "two"].map((table) => `INSERT INTO twins.${table} SELECT number FROM numbers(10)`),
    );
    const second = await world.id(world.incremental("twins"));
    const { backup } = world.place("twins");
    const { metadata } = await world.store.metadata(backup, second, "rank-0/tom-0/parts");
    expect(metadata.base).toBeUndefined();
    expect(await world.restored("twins", full, "twins")).toEqual(first);
    expect(await world.restored("twins", second, "twins")).toEqual(await world.contents("twins"));
    await world.id(world.incremental("twins"));
  });

  test("is listed once, whatever step of the listing its process died at", async () => {
    for (let at = 0; ; at++) {
      const name = `died_${at}`;
      const order = world.order();
      const request = world.full(name, "twins");
      const { store, death } = stoppingAt(world.store, at);
      const first = reportsOf(world.backups.take({ ...request, store, ...order }, NEVER));
      const isDead = (await Promise.race([first, death])) === "died";
      if (!isDead) break;
      const again = await reportsOf(world.backups.take({ ...request, ...order, takeUp: true }, NEVER));
      expect(again.at(-1), `step ${at}`).toMatchObject({ type: "confirmed" });
      const { snapshots } = await world.info(name);
      expect(snapshots).toHaveLength(1);
      expect(await world.restored(name, snapshots[0]!.id, "twins")).toEqual(await world.contents("twins"));
      expect(at).toBeLessThan(20);
    }
  });

  test("that was begun nowhere is lost when it is taken up, and a stray folder goes with the next snapshot", async () => {
    const request = { ...world.incremental("taken_up"), ...world.order({ takeUp: true }) };
    expect((await reportsOf(world.backups.take(request, NEVER))).at(-1)).toMatchObject({ type: "lost" });
    await world.store.files.publish("taken_up/17/rank-0/tom-0/parts/x.bin", new Uint8Array(3));
    const id = await world.id(world.incremental("taken_up"));
    const listed = (await world.info("taken_up")).snapshots.map((each) => String(each.id));
    expect(listed.at(-1)).toBe(String(id));
    expect((await world.store.files.folders("taken_up")).sort()).toEqual(listed);
  });

  test("builds on no snapshot whose account somebody wrote", async () => {
    const id = await world.id(world.full("forged", "capped"));
    await writeFile(join(host.backupRoot, "forged", String(id), "rank-0/tom-0/parts/.backup"), "<config></config>");
    expect(await refusal(world.take(world.incremental("forged")))).toBe("backup-unusable");
  });
});
