import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClusterId, JobId } from "@snapdeck/contract/scalars";
import { sql } from "kysely";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { KyselyAuditLog } from "../src/audit/kysely-audit-log.ts";
import { CHANGES_KEPT } from "../src/state/job-changes.ts";
import { KyselyJobStore } from "../src/state/kysely-job-store.ts";
import { openStateDatabase } from "../src/state/open-state-database.ts";
import { runChild } from "./child-process.ts";
import { temporaryDirectory, temporaryState } from "./temporary-state.ts";

const LOCAL = ClusterId.parse("local");

describe("the state database", () => {
  test("is one file that only its owner can read, and is durable at each commit", async () => {
    const { db, name: file } = await temporaryState();
    await sql`insert into clusters values ('c', 0, 0)`.execute(db);
    for (const name of readdirSync(join(file, ".."))) {
      expect([name, statSync(join(file, "..", name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    const { rows } = await sql<{ journal: string; sync: number; keys: number }>`
      select (select journal_mode from pragma_journal_mode) as journal,
        (select synchronous from pragma_synchronous) as sync, (select foreign_keys from pragma_foreign_keys) as keys
    `.execute(db);
    expect(rows).toEqual([{ journal: "wal", sync: 2, keys: 1 }]);
  });

  test("I28: is refused to a second server in this process or another, and free again when the first is gone", async () => {
    const file = join(temporaryDirectory(), "state.sqlite");
    const first = await openStateDatabase(file);
    await expect(openStateDatabase(file)).rejects.toMatchObject({
      reason: "state-in-use",
      message: expect.stringContaining(`pid ${process.pid}`),
    });
    await first.close();
    const child = runChild("./child-writer.ts", file);
    await child.line(() => true);
    const before = readFileSync(file);
    await expect(openStateDatabase(file)).rejects.toMatchObject({ reason: "state-in-use" });
    await child.kill();
    expect(before.subarray(0, 15).toString()).toBe("SQLite format 3");
    await (await openStateDatabase(file)).close();
  });

  test("that a newer Snapdeck wrote is refused and left as it is", async () => {
    const file = join(temporaryDirectory(), "state.sqlite");
    const { db, close } = await openStateDatabase(file);
    await sql`insert into migrations values ('9999-tomorrow', '2030-01-01T00:00:00.000Z')`.execute(db);
    await close();
    const before = readFileSync(file);
    await expect(openStateDatabase(file)).rejects.toMatchObject({
      reason: "state-unusable",
      message: expect.stringContaining("9999-tomorrow"),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("that could not be brought to this version is as it was before", async () => {
    const file = join(temporaryDirectory(), "state.sqlite");
    const other = new Database(file);
    // In the way of a later step: the steps before it must not stay.
    other.exec("create table users (nobody text)");
    other.close();
    await expect(openStateDatabase(file)).rejects.toMatchObject({
      reason: "state-unusable",
      message: expect.stringContaining("it is as it was before"),
    });
    const after = new Database(file);
    const tables = after.prepare("select name from sqlite_master where type = 'table' and name not like 'migrations%'");
    expect(tables.all()).toEqual([{ name: "users" }]);
    after.close();
  });

  test("is not made out of a file that is something else, nor where nobody may write", async () => {
    const file = join(temporaryDirectory(), "state.sqlite");
    writeFileSync(file, "a letter to somebody, long enough to look like a page".repeat(200));
    await expect(openStateDatabase(file)).rejects.toMatchObject({ reason: "state-unusable" });
    expect(readFileSync(file, "utf8")).toContain("a letter");
    const below = join(file, "state.sqlite");
    await expect(openStateDatabase(below)).rejects.toMatchObject({ reason: "directory-unwritable" });
    expect(existsSync(below)).toBe(false);
  });

  test("loses nothing that was acknowledged when its process is killed in the middle of writes", async () => {
    const file = join(temporaryDirectory(), "state.sqlite");
    for (const target of [20, 150, 400]) {
      const child = runChild("./child-writer.ts", file);
      await child.line(() => child.lines.length >= target);
      await child.kill();
      const { db, close } = await openStateDatabase(file);
      const store = new KyselyJobStore(db);
      const acknowledged = child.lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line));
      expect(acknowledged.length).toBeGreaterThanOrEqual(target);
      for (const { id, seq, state } of acknowledged) {
        const job = await store.get(JobId.parse(id));
        expect(job?.seq).toBeGreaterThanOrEqual(seq);
        if (state === "canceled") expect(job?.state.name).toBe("canceled");
      }
      const newest = await store.newestSeq(LOCAL);
      expect(newest).toBeGreaterThanOrEqual(acknowledged.at(-1)?.seq);
      expect(await store.changesSince(LOCAL, 0, 100_000)).toHaveLength(newest);
      const { rows } = await sql<{ entries: number }>`select count(*) as entries from audit`.execute(db);
      expect(rows).toEqual([{ entries: newest }]);
      expect(await new KyselyAuditLog(db, () => "").firstBreak()).toBeUndefined();
      await close();
    }
  });

  test("keeps the newest changes of each cluster and says so to readers that come back later", async () => {
    const { db } = await temporaryState();
    const store = new KyselyJobStore(db);
    const by = { username: "ana", origin: "127.0.0.1" };
    const at = "2026-11-22T14:00:00.000Z";
    const job = await store.create({
      id: JobId.parse("6f1c0a52-6c1c-4b53-9a3e-0d1b7c7a0b11"),
      clusterId: LOCAL,
      work: { kind: "suspend" },
      requestedBy: by,
      requestedAt: at,
      lock: "exclusive",
    });
    await sql`update clusters set newest_seq = ${CHANGES_KEPT}`.execute(db);
    await store.requestCancel(job.id, by, at);
    expect(await store.changesSince(LOCAL, 0, 10)).toBeUndefined();
    expect(await store.changesSince(LOCAL, CHANGES_KEPT, 10)).toHaveLength(1);
  });
});
