import { join } from "node:path";
import type { ConnectionObjects } from "@snapdeck/core/ports/database-backups";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";
import { refusal, SnapshotWorld } from "./snapshot-world.ts";
import { filesBelow } from "./store-tricks.ts";

let host: EmbeddedHost;
let world: SnapshotWorld;

beforeAll(async () => {
  host = await EmbeddedHost.start();
  world = await SnapshotWorld.open(host);
});
afterAll(() => host[Symbol.asyncDispose]());

describe("Taking snapshots", () => {
  test("of every kind, each restores to just what the schema held, and takes from others what has not changed", async () => {
    await world.town("a");
    const held = new Map<number, Record<string, string>>();
    const keep = async (id: number) => void held.set(id, await world.contents("a"));

    const full = await world.id(world.full("all", "a"));
    await keep(full);
    await world.fill("a");
    const second = await world.id(world.incremental("all"));
    await keep(second);
    await host.run("ALTER TABLE a.parts DELETE WHERE n < 100 SETTINGS mutations_sync = 2", "DROP TABLE a.newest SYNC");
    await host.run("CREATE TABLE a.newest (n UInt64, s String) ENGINE = ReplacingMergeTree ORDER BY n");
    await world.fill("a");
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
      const files = await world.store.content(
        world.place("all").backup,
        (await world.info("all")).snapshots.find((each) => each.id === id)!,
      );
      return files.filter(
        (file) => file.folder.endsWith("/parts") && file.parts.some((part) => part.snapshotId === id),
      );
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
    await world.town("capped");
    await world.id(
      world.full("capped", "capped", { options: { checksum: false, ddlOnly: false, maxIncrementalBackupsToKeep: 2 } }),
    );
    const held = new Map<number, Record<string, string>>();
    const removed: number[] = [];
    for (let at = 0; at < 4; at++) {
      await world.fill("capped");
      const evidence = await world.take(world.incremental("capped"));
      removed.push(evidence.removed);
      held.set(evidence.snapshotId ?? 0, await world.contents("capped"));
    }
    expect(removed).toEqual([0, 0, 1, 1]);
    const { snapshots } = await world.info("capped");
    expect(snapshots.map(({ kind }) => kind)).toEqual(["full", "incremental", "incremental"]);
    for (const { id } of snapshots.slice(1)) expect(await world.restored("capped", id, "capped")).toEqual(held.get(id));
    const listed = new Set(snapshots.map(({ id }) => String(id)));
    expect((await world.store.files.folders("capped")).filter((name) => !listed.has(name))).toEqual([]);
  });

  test("leaves the full one and the new differential where the intermediate ones are to go", async () => {
    await world.fill("capped");
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
    expect(
      await refusal(world.take(world.full("capped", "capped", { ...missing, objects: [...missing.objects] }))),
    ).toBe("object-not-found");
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
    await world.fill("capped");
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
    expect(thrown).toMatchObject({
      code: "not-supported",
      hint: "OBJECTS may name ALL, TABLE, FUNCTION, RESOURCE GROUP.",
    });
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

  test("holds what the console keeps, sealed, by its name and with its schema", async () => {
    const key = { type: "CREDENTIAL", schema: "odd", name: "key" } as const;
    const connections: ConnectionObjects = {
      list: async (schema) => (schema === undefined || schema === "odd" ? [key] : []),
      definition: async () =>
        "CREATE CREDENTIAL odd.key TYPE = 'aws_access_key', IDENTITY = 'me', SECRET = 'open-sesame'",
      make: async () => undefined,
      move: async () => undefined,
      remove: async () => undefined,
    };
    const { databaseBackups } = await host.cluster({}, { connections });
    expect((await databaseBackups.supportedObjects()).types).toContain("CREDENTIAL");
    for (const objects of [[key], [{ type: "ALL", name: "odd" } as const]]) {
      const name = `keys_${objects[0]?.type}`;
      await reportsOf(databaseBackups.take({ ...world.full(name, "odd", { objects }), ...world.order() }, NEVER));
      const info = await world.info(name);
      const definitions = (await world.store.definitions(info)).bySnapshot.get(info.snapshots[0]!.id) ?? [];
      const { ddl } = definitions.find(({ ref }) => ref.type === "CREDENTIAL")!;
      expect(ddl.kind).toBe("sealed");
      expect(host.sealer.unseal(ddl.text)).toContain("open-sesame");
      expect(definitions.some(({ ref }) => ref.type === "SCHEMA")).toBe(true);
    }
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

  test("tells tables that were made anew from those before, and takes the beginning of a definition that grew from the base", async () => {
    await host.run(
      "CREATE DATABASE twins",
      ...["one", "grown"].map((table) => `CREATE TABLE twins.${table} (n UInt64) ENGINE = MergeTree ORDER BY n`),
      "INSERT INTO twins.one SELECT 1",
    );
    const full = await world.id(world.full("twins", "twins"));
    const first = await world.contents("twins");
    await host.run(
      "DROP TABLE twins.one SYNC",
      "ALTER TABLE twins.grown MODIFY SETTING merge_with_ttl_timeout = 99999",
      ...["one", "two"].map((table) => `CREATE TABLE twins.${table} (n UInt64) ENGINE = MergeTree ORDER BY n`),
      ...["one", "two"].map((table) => `INSERT INTO twins.${table} SELECT number FROM numbers(10)`),
    );
    const second = await world.id(world.incremental("twins", { checksum: true }));
    const { backup } = world.place("twins");
    const { metadata } = await world.store.metadata(backup, second, "rank-0/tom-0/parts");
    const grown = metadata.files.find(({ name }) => name === "metadata/twins/grown.sql");
    expect(grown?.base?.sizeBytes).toBeLessThan(grown?.sizeBytes ?? 0);
    expect(await world.restored("twins", full, "twins")).toEqual(first);
    expect(await world.restored("twins", second, "twins")).toEqual(await world.contents("twins"));
  });
});
