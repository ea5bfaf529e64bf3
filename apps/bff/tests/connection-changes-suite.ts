import { describe, expect, test } from "vitest";
import type { StateDb } from "../src/state/state-tables.ts";
import { connectionsWorld, KEY, LOCAL, SINK, SOURCE } from "./connections-world.ts";

/** What changes of the catalog promise on every state database; `open` answers a fresh one. */
export function connectionChangesSuite(name: string, open: () => Promise<StateDb>): void {
  const world = async () => connectionsWorld(await open());

  describe(`${name}: a credential`, () => {
    test("that a sink or a source uses is not dropped, alone or with all others; nothing is dropped then", async () => {
      const { run, first } = await world();
      for (const sql of [KEY, KEY.replace("ops.key", "ops.free"), SINK, SOURCE]) await run(sql);
      await expect(run("DROP CREDENTIAL ops.key")).rejects.toMatchObject({
        code: "connection-in-use",
        detail: "the credential ops.key is used by data sink ops.s3, data source ops.s3; nothing was dropped",
      });
      await expect(run("DROP CREDENTIAL *")).rejects.toMatchObject({ code: "connection-in-use" });
      expect(await first("DESCRIBE CREDENTIAL *")).toEqual(["ops.free", "ops.key"]);
      await run("DROP DATA SINK ops.s3");
      await run("ALTER DATA SOURCE ops.s3 SET PROPERTY CREDENTIAL = 'ops.free'");
      await run("DROP CREDENTIAL ops.key");
      await run("DROP DATA SOURCE ops.s3");
      await run("DROP CREDENTIAL *");
      await run("DROP CREDENTIAL *");
      expect(await first("SHOW CREDENTIAL *")).toEqual([]);
    });

    test("and a sink that names it, dropped and made at the same time: one of the two is refused", async () => {
      const { run } = await world();
      for (let round = 0; round < 5; round += 1) {
        await run(KEY);
        const [dropped, made] = await Promise.allSettled([run("DROP CREDENTIAL ops.key"), run(SINK)]);
        expect([dropped.status, made.status].sort()).toEqual(["fulfilled", "rejected"]);
        if (made.status === "fulfilled") await run("DROP DATA SINK ops.s3");
        if (dropped.status === "rejected") await run("DROP CREDENTIAL ops.key");
      }
    });

    test("of type aws_access_key has an identity and a secret, also after it was altered", async () => {
      const { run } = await world();
      await expect(run("CREATE CREDENTIAL k TYPE = 'aws_access_key', IDENTITY = 'x'")).rejects.toMatchObject({
        code: "bad-request",
        detail: expect.stringContaining("has no SECRET"),
      });
      await run("CREATE CREDENTIAL k TYPE = 'kafka'");
      await expect(run("ALTER CREDENTIAL k SET PROPERTY TYPE = 'aws_access_key'")).rejects.toMatchObject({
        code: "bad-request",
      });
      await run("ALTER CREDENTIAL k SET PROPERTY TYPE = 'aws_access_key', IDENTITY = 'i', SECRET = 's'");
      expect(await run("DESCRIBE CREDENTIAL k")).toMatchObject({ rows: [["default.k", "aws_access_key", "i", ""]] });
    });
  });

  describe(`${name}: an altered connection`, () => {
    test("keeps what is not named, and loses an option that is set to nothing", async () => {
      const { run, first } = await world();
      for (const sql of [KEY, SINK]) await run(sql);
      await run("ALTER DATA SINK ops.s3 SET PROPERTY REGION = 'eu-west-1', WAIT TIMEOUT = 20");
      await run("ALTER DATA SINK ops.s3 SET PROPERTY BUCKET NAME = 'other-backups'");
      expect(await first("SHOW DATA SINK ops.s3")).toEqual([
        "CREATE DATA SINK ops.s3 LOCATION = 'S3' WITH OPTIONS (CREDENTIAL = 'ops.key', VALIDATE = false, WAIT TIMEOUT = 20, " +
          "BUCKET NAME = 'other-backups', REGION = 'eu-west-1')",
      ]);
      await run("ALTER DATA SINK ops.s3 SET PROPERTY REGION = ''");
      expect(await first("SHOW DATA SINK ops.s3")).toEqual([expect.not.stringContaining("REGION")]);
    });

    test("takes a credential instead of user and password, and the other way round", async () => {
      const { run, first } = await world();
      for (const sql of [KEY, SOURCE]) await run(sql);
      await run("ALTER DATA SOURCE ops.s3 SET PROPERTY USER = 'u', PASSWORD = 'p'");
      expect(await first("SHOW DATA SOURCE ops.s3")).toEqual([expect.not.stringContaining("CREDENTIAL")]);
      await run("ALTER DATA SOURCE ops.s3 SET PROPERTY CREDENTIAL = 'ops.key'");
      expect(await first("SHOW DATA SOURCE ops.s3")).toEqual([expect.not.stringContaining("PASSWORD")]);
    });

    test("holds the changes of all who altered it at the same time", async () => {
      const { run, first } = await world();
      for (const sql of [KEY, SINK]) await run(sql);
      const changes = ["REGION = 'eu-west-1'", "WAIT TIMEOUT = 7", "CONNECTION TIMEOUT = 8"];
      await Promise.all(changes.map((change) => run(`ALTER DATA SINK ops.s3 SET PROPERTY ${change}`)));
      const [ddl] = await first("SHOW DATA SINK ops.s3");
      for (const change of changes) expect(ddl).toContain(change);
    });

    test("is left as it was when it would lead nowhere", async () => {
      const { run, first } = await world();
      for (const sql of [KEY, SINK]) await run(sql);
      const before = await first("SHOW DATA SINK *");
      for (const [change, code] of [
        ["CREDENTIAL = 'ops.kye'", "connection-not-found"],
        ["LOCATION = 'AZURE'", "not-supported"],
        ["BUCKET NAME = 'No/Bucket'", "bad-request"],
        ["CONTAINER NAME = 'x'", "bad-request"],
        ["LOCATION = 'S3://10.0.0.1'", "not-supported"],
      ]) {
        await expect(run(`ALTER DATA SINK ops.s3 SET PROPERTY ${change}`)).rejects.toMatchObject({ code });
      }
      expect(await first("SHOW DATA SINK *")).toEqual(before);
    });
  });

  describe(`${name}: I30: the audit trail`, () => {
    test("tells of each connection that was made, replaced, altered or dropped, and of what was refused", async () => {
      const { run, audit, db } = await world();
      for (const sql of [KEY, SINK, SINK.replace("CREATE", "CREATE OR REPLACE")]) await run(sql);
      await run("ALTER DATA SINK ops.s3 SET PROPERTY WAIT TIMEOUT = 7");
      await expect(run("DROP CREDENTIAL *")).rejects.toMatchObject({ code: "connection-in-use" });
      await run("DROP DATA SINK ops.s3");
      const { items } = await audit.page(10);
      expect(items.toReversed().map(({ actor, act, target, result }) => [actor, act, target, result])).toEqual([
        ["ada", "credential.create", "cluster local credential ops.key", "done"],
        ["ada", "data-sink.create", "cluster local data sink ops.s3", "done"],
        ["ada", "data-sink.replace", "cluster local data sink ops.s3", "done"],
        ["ada", "data-sink.alter", "cluster local data sink ops.s3", "done"],
        ["ada", "credential.drop", "cluster local all credentials", "refused: connection-in-use"],
        ["ada", "data-sink.drop", "cluster local data sink ops.s3", "done"],
      ]);
      expect(await audit.firstBreak()).toBeUndefined();
      const rows = await db.selectFrom("connections").select(["created_by", "created_at"]).execute();
      expect(rows).toEqual([{ created_by: "ada", created_at: "2026-11-22T14:00:00.000Z" }]);
    });
  });

  describe(`${name}: the connections of a database backup`, () => {
    test("are handed out whole, and made again under their name or another one, without a look at their store", async () => {
      const { run, catalog, first } = await world();
      for (const sql of [KEY, SINK]) await run(sql);
      const objects = catalog.objects(LOCAL);
      const key = { type: "CREDENTIAL", schema: "ops", name: "key" } as const;
      const sink = { type: "DATA SINK", schema: "ops", name: "s3" } as const;
      expect(await objects.list()).toEqual([key, sink]);
      expect(await objects.list("elsewhere")).toEqual([]);
      const texts = [await objects.definition(key), await objects.definition(sink)];
      expect(texts[0]).toBe(KEY);
      await objects.remove(key);
      await objects.remove(sink);
      await objects.remove(sink);
      expect(await objects.definition(sink)).toBeUndefined();
      await objects.make(sink, texts[1] ?? "");
      await objects.make({ ...key, schema: "copy" }, texts[0] ?? "");
      await expect(objects.make(sink, texts[1] ?? "")).rejects.toMatchObject({ code: "connection-exists" });
      await expect(objects.make({ ...key, name: "x" }, texts[1] ?? "")).rejects.toMatchObject({
        code: "backup-unusable",
      });
      await expect(objects.make({ ...key, name: "x" }, "DROP TABLE t")).rejects.toMatchObject({
        code: "backup-unusable",
      });
      expect(await first("DESCRIBE CREDENTIAL *")).toEqual(["copy.key"]);
    });

    test("are moved to another schema unless one of that name is there", async () => {
      const { run, catalog } = await world();
      await run(KEY);
      await run(KEY.replace("ops.key", "other.key"));
      const objects = catalog.objects(LOCAL);
      const key = { type: "CREDENTIAL", schema: "ops", name: "key" } as const;
      await expect(objects.move(key, "other")).rejects.toMatchObject({ code: "connection-exists" });
      expect(await objects.definition(key)).toBe(KEY);
      await objects.move(key, "aside");
      expect(await objects.list()).toEqual([
        { ...key, schema: "aside" },
        { ...key, schema: "other" },
      ]);
      expect(await objects.definition({ ...key, schema: "aside" })).toBe(KEY.replace("ops.key", "aside.key"));
      await expect(objects.move(key, "aside")).rejects.toMatchObject({ code: "connection-not-found" });
    });
  });
}
