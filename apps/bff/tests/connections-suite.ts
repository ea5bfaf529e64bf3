import { ClusterId } from "@snapdeck/contract/scalars";
import { describe, expect, test } from "vitest";
import type { StateDb } from "../src/state/state-tables.ts";
import { ADA, connectionsWorld, KEY, LOCAL, SINK, SOURCE } from "./connections-world.ts";
import { temporaryDirectory } from "./temporary-state.ts";

const SECRET = "it-is-a-secret'; --";

/** What the catalog of connections promises on every state database; `open` answers a fresh one. */
export function connectionsSuite(name: string, open: () => Promise<StateDb>): void {
  const world = async (config?: Parameters<typeof connectionsWorld>[1]) => connectionsWorld(await open(), config);

  describe(`${name}: connections`, () => {
    test("are shown as statements and described in the columns of the vendor, without secrets", async () => {
      const { run } = await world();
      for (const sql of [KEY, SINK, SOURCE]) await run(sql);
      const location = "LOCATION = 'S3', CREDENTIAL = 'ops.key', VALIDATE = false, BUCKET NAME = 'some-backups'";
      expect(await run("SHOW CREDENTIAL ops.key")).toEqual({
        columns: ["DDL"],
        rows: [["CREATE CREDENTIAL ops.key TYPE = 'aws_access_key', IDENTITY = '***', SECRET = '***'"]],
        isCut: false,
      });
      expect(await run("DESCRIBE CREDENTIAL *")).toEqual({
        columns: ["CREDENTIAL_NAME", "CREDENTIAL_TYPE", "CREDENTIAL_IDENTITY", "CREDENTIAL_OPTIONS"],
        rows: [["ops.key", "aws_access_key", "AKIA1", ""]],
        isCut: false,
      });
      expect(await run("SHOW DATA SINK *")).toMatchObject({
        rows: [
          [
            "CREATE DATA SINK ops.s3 LOCATION = 'S3' WITH OPTIONS (CREDENTIAL = 'ops.key', VALIDATE = false, BUCKET NAME = 'some-backups')",
          ],
        ],
      });
      expect(await run("DESC DATA SINK ops.s3")).toEqual({
        columns: ["DATA_SINK", "STORAGE_PROVIDER_TYPE", "ADDITIONAL_INFO"],
        rows: [["ops.s3", "S3", location]],
        isCut: false,
      });
      expect(await run("DESC DATA SOURCE *")).toMatchObject({
        columns: ["DATA_SOURCE", "STORAGE_PROVIDER_TYPE", "ADDITIONAL_INFO"],
        rows: [["ops.s3", "S3", location]],
      });
    });

    test("stand in the state database sealed, and nowhere with a secret", async () => {
      const { run, db } = await world();
      await run(KEY);
      await run(
        "CREATE DATA SOURCE s LOCATION = 'S3' USER = 'AKIA2' PASSWORD = 'pass-word' WITH OPTIONS (BUCKET NAME = 'abc', VALIDATE = FALSE)",
      );
      const stored = JSON.stringify([
        await db.selectFrom("connections").selectAll().execute(),
        await db.selectFrom("audit").selectAll().execute(),
        await run("SHOW CREDENTIAL *"),
        await run("DESCRIBE DATA SOURCE *"),
        await run("SHOW DATA SOURCE *"),
      ]);
      for (const secret of [SECRET, "it-is", "AKIA2", "pass-word"]) expect(stored).not.toContain(secret);
    });

    test("that another key sealed are told so, and can be dropped or given anew", async () => {
      const db = await open();
      for (const sql of [KEY, SINK]) await connectionsWorld(db).run(sql);
      const { run, first, catalog } = connectionsWorld(db, { keyFill: 2 });
      expect(await first("SHOW CREDENTIAL *")).toEqual([expect.stringContaining("cannot be read")]);
      expect(await run("DESCRIBE DATA SINK *")).toMatchObject({
        rows: [["ops.s3", null, expect.stringContaining("cannot be read")]],
      });
      await expect(catalog.resolve(LOCAL, "sink", { schema: "ops", name: "s3" })).rejects.toMatchObject({
        code: "not-supported",
      });
      await run("DROP DATA SINK ops.s3");
      await run(KEY.replace("CREATE", "CREATE OR REPLACE"));
      expect(await run("DESCRIBE CREDENTIAL *")).toMatchObject({ rows: [["ops.key", "aws_access_key", "AKIA1", ""]] });
    });

    test("whose sealed text was put into another row are not taken for what they are not", async () => {
      const { run, first, db } = await world();
      await run(KEY);
      await run(KEY.replace("ops.key", "ops.other"));
      const stolen = await db
        .selectFrom("connections")
        .select("definition")
        .where("name", "=", "key")
        .executeTakeFirst();
      await db
        .updateTable("connections")
        .set(stolen ?? {})
        .where("name", "=", "other")
        .execute();
      expect(await first("SHOW CREDENTIAL ops.other")).toEqual([expect.stringContaining("cannot be read")]);
    });

    test("are made once under a name, in `default` where no schema is given, and kinds do not share names", async () => {
      const root = temporaryDirectory();
      const { run, first } = await world({ roots: [root] });
      await run(`CREATE DATA SINK here LOCATION = 'FILE://${root}/a'`);
      await expect(run(`CREATE DATA SINK default.here LOCATION = 'FILE://${root}/b'`)).rejects.toMatchObject({
        code: "connection-exists",
      });
      await run(`CREATE DATA SOURCE here LOCATION = 'FILE://${root}/a'`);
      await run(`CREATE OR REPLACE DATA SINK here LOCATION = 'FILE://${root}/b'`);
      expect(await first("SHOW DATA SINK here")).toEqual([
        `CREATE DATA SINK default.here LOCATION = 'FILE://${root}/b'`,
      ]);
      expect(await run("DESCRIBE DATA SINK *")).toMatchObject({
        rows: [["default.here", "FILE", `LOCATION = 'FILE://${root}/b'`]],
      });
    });

    test("of many made at once under one name, exactly one is made", async () => {
      const { run, first } = await world();
      await run(KEY);
      const asked = await Promise.allSettled(Array.from({ length: 8 }, () => run(SINK)));
      expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const each of asked) {
        if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "connection-exists" });
      }
      expect(await first("SHOW DATA SINK *")).toHaveLength(1);
    });

    test("belong to their cluster", async () => {
      const { run, first, catalog } = await world();
      await run(KEY);
      const other = ClusterId.parse("other");
      await expect(run("SHOW CREDENTIAL ops.key", other)).rejects.toMatchObject({ code: "connection-not-found" });
      await expect(run(SINK, other)).rejects.toMatchObject({ code: "connection-not-found" });
      expect(await first("SHOW CREDENTIAL *")).toHaveLength(1);
      expect(await catalog.objects(other).list()).toEqual([]);
    });

    test.each([
      ['"a/b"', "a/b"],
      ['".."', ".."],
      ['"it\'s ""quoted"" `so`"', 'it\'s "quoted" `so`'],
      ['"*"', "*"],
      ['"a.b"', "a.b"],
      [`"${"x".repeat(256)}"`, "x".repeat(256)],
      ['"% _ \\ ;--"', "% _ \\ ;--"],
      ['"数据 🦊"', "数据 🦊"],
    ])("may be called %s, which means nothing but itself", async (written, plain) => {
      const { run, catalog, first } = await world();
      await run(KEY.replace("ops.key", `${written}.${written}`));
      expect(await catalog.objects(LOCAL).list()).toEqual([{ type: "CREDENTIAL", schema: plain, name: plain }]);
      expect(await first(`SHOW CREDENTIAL ${written}.${written}`)).toHaveLength(1);
      await expect(run("SHOW CREDENTIAL other")).rejects.toMatchObject({ code: "connection-not-found" });
      await run(`DROP CREDENTIAL ${written}.${written}`);
      expect(await catalog.objects(LOCAL).list()).toEqual([]);
    });

    test.each([
      ["a NUL", "a\0b"],
      ["the end of a line", "a\nb"],
      ["300 characters", "x".repeat(300)],
      ["half a character", "a\ud800b"],
      ["nothing", ""],
    ])("may not be called %s", async (_, unfit) => {
      const { catalog, db } = await world();
      const statement = {
        kind: "create-credential",
        name: { name: unfit },
        orReplace: false,
        type: "kafka",
        options: {},
      } as const;
      await expect(catalog.create(LOCAL, statement, ADA)).rejects.toMatchObject({ code: "bad-request" });
      const { result, target } = await db.selectFrom("audit").selectAll().executeTakeFirstOrThrow();
      expect(result).toBe("refused: bad-request");
      expect(target.length).toBeLessThan(400);
      await expect(catalog.resolve(LOCAL, "sink", { name: unfit })).rejects.toMatchObject({ code: "bad-request" });
    });

    test("that are not there are told with those that are called nearly so", async () => {
      const { run } = await world();
      await expect(run("SHOW DATA SINK *")).resolves.toMatchObject({ rows: [] });
      await expect(run("SHOW DATA SINK nightly")).rejects.toMatchObject({
        code: "connection-not-found",
        hint: expect.stringContaining("There are no data sinks yet"),
      });
      for (const each of ["nightly", "weekly", "ops.monthly", "a", "b", "c"]) await run(KEY.replace("ops.key", each));
      await expect(run("DROP CREDENTIAL nihgtly")).rejects.toMatchObject({
        code: "connection-not-found",
        detail: "there is no credential default.nihgtly; nothing was done",
        hint: expect.stringContaining("default.nightly"),
      });
      await expect(run("DESCRIBE CREDENTIAL monthly")).rejects.toMatchObject({
        hint: expect.stringContaining("ops.monthly"),
      });
    });
  });
}
