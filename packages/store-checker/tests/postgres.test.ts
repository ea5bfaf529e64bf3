import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Statements } from "./fixture/state-fixture.ts";
import { World } from "./fixture/world.ts";

/** Taken by its path: a package may not import an application. */
const POSTGRES_SERVER = fileURLToPath(new URL("../../../apps/bff/tests/postgres/postgres-server.ts", import.meta.url));

/** A PostgreSQL that is there for these tests alone. */
type Server = { freshDatabase(): Promise<string>; urlOf(database: string): string; remove(): Promise<void> };

let server: Server | undefined;
beforeAll(async () => {
  const { PostgresServer } = await import(POSTGRES_SERVER);
  server = await PostgresServer.start();
});
afterAll(() => server?.remove());

async function withState(use: (world: World, databaseUrl: string) => Promise<void>): Promise<void> {
  const databaseUrl = (await server?.freshDatabase()) ?? "";
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const statements: Statements = {
    async run(sql, ...parameters) {
      let count = 0;
      await client.query(
        sql.replaceAll("?", () => `$${++count}`),
        parameters,
      );
    },
  };
  try {
    using world = await World.make(statements);
    await use(world, databaseUrl);
  } finally {
    await client.end();
  }
}

test("A state on PostgreSQL is proven as one on SQLite is", () =>
  withState(async (world, databaseUrl) => {
    const report = await world.check({ state: { databaseUrl } });
    expect(report.breaks).toEqual([]);
    expect(report.checked.map(({ invariant }) => invariant)).toContain("I30");
    await world.statements.run("delete from job_locks");
    await world.statements.run("update audit set actor = 'eve' where seq = 3");
    await world.statements.run("delete from backups where backup_id = 'b-1'");
    expect(await world.breaks({ state: { databaseUrl } })).toEqual([
      `I23 lock-missing: job ${world.jobId("running")}`,
      "I30 audit-chain: audit entry 3",
      "I6 not-in-catalog: local/b-1",
    ]);
  }));

test("More rows than one page holds are read to the last", () =>
  withState(async (world, databaseUrl) => {
    for (let entry = 0; entry < 450; entry += 1)
      await world.state.tell({ act: "session.sign-in", target: "ada", result: "done" });
    expect(await world.breaks({ state: { databaseUrl } })).toEqual([]);
    await world.statements.run("update audit set actor = 'eve' where seq = 449");
    expect(await world.breaks({ state: { databaseUrl } })).toEqual(["I30 audit-chain: audit entry 449"]);
  }));

test("A check sees one moment of the state, and can write nothing there", () =>
  withState(async (world, databaseUrl) => {
    const { readPostgresState } = await import("../src/state/postgres-state.ts");
    await readPostgresState(databaseUrl, async (reader) => {
      const before = await reader.rows("select count(*) as jobs from jobs");
      await world.statements.run("delete from jobs");
      expect(await reader.rows("select count(*) as jobs from jobs")).toEqual(before);
      await expect(reader.rows("delete from jobs where id = ?", "x")).rejects.toMatchObject({
        code: "store-unavailable",
      });
    });
  }));

test("A database that does not answer says so without its password", () =>
  withState(async (world, databaseUrl) => {
    const wrong = databaseUrl.replace(/:[^:@/]+@/, ":hunter2@");
    const failure = world.check({ state: { databaseUrl: wrong } });
    await expect(failure).rejects.toMatchObject({ code: "store-unavailable" });
    await expect(failure).rejects.not.toThrow(/hunter2/);
  }));
