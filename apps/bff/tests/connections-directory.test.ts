import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { connectionsWorld, LOCAL } from "./connections-world.ts";
import { temporaryDirectory, temporaryState } from "./temporary-state.ts";

async function directoryWorld() {
  const outside = realpathSync(temporaryDirectory());
  const root = join(outside, "root");
  mkdirSync(root, { mode: 0o700 });
  const { db } = await temporaryState();
  const world = connectionsWorld(db, { roots: [root] });
  const sink = (path: string, options = "") => world.run(`CREATE DATA SINK s LOCATION = 'FILE://${path}' ${options}`);
  return { ...world, root, outside, sink };
}

describe("A data sink in a directory", () => {
  test("is tried out before it is made: its directory is there afterwards, this server's alone, and empty", async () => {
    const { root, sink, catalog } = await directoryWorld();
    await sink(`${root}/team/nightly/`);
    for (const each of ["team", "team/nightly"]) expect(statSync(join(root, each)).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(root, "team/nightly"))).toEqual([]);
    const store = await catalog.resolve(LOCAL, "sink", { name: "s" });
    expect(store.engine).toEqual({ kind: "directory", root: join(root, "team/nightly") });
    expect(store.files.name).toBe(join(root, "team/nightly"));
    expect(await store.list()).toEqual([]);
  });

  test("may be a root itself, and leads to the real path where the root is reached by a link", async () => {
    const { root, outside } = await directoryWorld();
    symlinkSync(outside, join(outside, "link"));
    const { run, catalog } = connectionsWorld((await temporaryState()).db, { roots: [join(outside, "link/root")] });
    await run(`CREATE DATA SINK s LOCATION = 'FILE://${outside}/link/root'`);
    expect((await catalog.resolve(LOCAL, "sink", { name: "s" })).engine).toEqual({ kind: "directory", root });
  });

  test("is refused outside of the roots that the configuration allows, also without a test", async () => {
    const { root, outside, sink } = await directoryWorld();
    for (const path of [outside, `${root}-other`, "/etc", "/"]) {
      for (const options of ["", "WITH OPTIONS (VALIDATE = FALSE)"]) {
        await expect(sink(path, options)).rejects.toMatchObject({ code: "not-supported" });
      }
    }
    expect(readdirSync(root)).toEqual([]);
  });

  test.each(["/..", "/a/../../b", "/./a", "//a"])(
    "is refused with %s in its path, which is never resolved",
    async (path) => {
      const { root, sink } = await directoryWorld();
      await expect(sink(`${root}${path}`)).rejects.toMatchObject({ code: "bad-request" });
      expect(readdirSync(root)).toEqual([]);
    },
  );

  test("is refused with a path that is not absolute, or on another machine", async () => {
    const { run } = await directoryWorld();
    for (const location of ["FILE://host/dir", "FILE:/dir", "FILE:dir", "FILE://", "dir", "/dir"]) {
      await expect(run(`CREATE DATA SINK s LOCATION = '${location}'`)).rejects.toMatchObject({ code: "bad-request" });
    }
  });

  test("takes what is encoded in its path as it stands", async () => {
    const { root, sink } = await directoryWorld();
    await sink(`${root}/%2e%2e`);
    expect(readdirSync(root)).toEqual(["%2e%2e"]);
  });

  test("is refused where a link leads away, or others may change what is on the way", async () => {
    const { root, outside, sink, run } = await directoryWorld();
    symlinkSync(outside, join(root, "away"));
    mkdirSync(join(root, "open"));
    chmodSync(join(root, "open"), 0o777);
    writeFileSync(join(root, "file"), "");
    for (const path of ["away", "away/in", "open", "open/in", "file", "file/in"]) {
      await expect(sink(`${root}/${path}`)).rejects.toMatchObject({
        code: "connection-failed",
        detail: expect.stringContaining("open failed"),
      });
    }
    expect(existsSync(join(outside, "in"))).toBe(false);
    expect(existsSync(join(root, "open/in"))).toBe(false);
    await expect(run("SHOW DATA SINK s")).rejects.toMatchObject({ code: "connection-not-found" });
  });

  test("that turned into a link after it was made is not followed", async () => {
    const { root, outside, sink, catalog } = await directoryWorld();
    await sink(`${root}/a`, "WITH OPTIONS (VALIDATE = FALSE)");
    expect(existsSync(join(root, "a"))).toBe(false);
    symlinkSync(outside, join(root, "a"));
    await expect(catalog.resolve(LOCAL, "sink", { name: "s" })).rejects.toMatchObject({ code: "store-unavailable" });
  });

  test("that the configuration allows no longer leads nowhere", async () => {
    const { root, sink, db } = await directoryWorld();
    await sink(`${root}/a`);
    await expect(connectionsWorld(db).catalog.resolve(LOCAL, "sink", { name: "s" })).rejects.toMatchObject({
      code: "not-supported",
      hint: expect.stringContaining("databaseBackupRoots"),
    });
  });

  test("is not told what only other stores have a use for", async () => {
    const { root, sink, run } = await directoryWorld();
    await expect(sink(`${root}/a`, "WITH OPTIONS (BUCKET NAME = 'b', SAS TOKEN = 't')")).rejects.toMatchObject({
      code: "bad-request",
      detail: "BUCKET NAME, SAS TOKEN mean nothing to FILE; nothing was changed",
    });
    const source = `CREATE DATA SOURCE s LOCATION = 'FILE://${root}/a' USER = 'u' PASSWORD = 'p'`;
    await expect(run(source)).rejects.toMatchObject({ code: "bad-request" });
  });
});

describe("A data source in a directory", () => {
  test("makes no directory, and is refused where there is none", async () => {
    const { root, run, catalog } = await directoryWorld();
    const source = `CREATE DATA SOURCE s LOCATION = 'FILE://${root}/a'`;
    await expect(run(source)).rejects.toMatchObject({
      code: "connection-failed",
      detail: expect.stringContaining("is not there"),
    });
    expect(readdirSync(root)).toEqual([]);
    await run(`${source} WITH OPTIONS (VALIDATE = FALSE)`);
    await expect(catalog.resolve(LOCAL, "source", { name: "s" })).rejects.toMatchObject({ code: "store-unavailable" });
    mkdirSync(join(root, "a"), { mode: 0o700 });
    await run(source.replace("CREATE", "CREATE OR REPLACE"));
    expect(readdirSync(join(root, "a"))).toEqual([]);
    expect(await (await catalog.resolve(LOCAL, "source", { name: "s" })).list()).toEqual([]);
  });
});

describe("A connection to what this cluster cannot keep backups in", () => {
  test.each([
    ["AZURE", "AZURE"],
    ["azure://account.blob.core.windows.net", "AZURE"],
    ["GCS", "GCS"],
    ["HDFS://host:8020", "HDFS"],
    ["KAFKA://host:9092", "KAFKA"],
    ["jdbc:kinetica://host:9191", "JDBC"],
    ["https://host/hook?token=hidden", "WEBHOOK"],
    ["TABLE://a.b", "TABLE"],
  ])("is refused by the name of its provider: %s", async (location, provider) => {
    const { run, db } = await directoryWorld();
    for (const options of ["", "WITH OPTIONS (VALIDATE = FALSE)"]) {
      await expect(run(`CREATE DATA SINK s LOCATION = '${location}' ${options}`)).rejects.toMatchObject({
        code: "not-supported",
        detail: `this cluster cannot write database backups to ${provider}; nothing was changed`,
      });
    }
    await expect(run(`CREATE DATA SOURCE s LOCATION = '${location}'`)).rejects.toMatchObject({
      detail: `this cluster cannot read database backups from ${provider}; nothing was changed`,
    });
    expect(JSON.stringify(await db.selectFrom("audit").selectAll().execute())).not.toContain("hidden");
  });
});
