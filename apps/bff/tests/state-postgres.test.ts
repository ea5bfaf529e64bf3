import { ClusterId } from "@snapdeck/contract/scalars";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { KyselyAuditLog } from "../src/audit/kysely-audit-log.ts";
import { createLog } from "../src/log.ts";
import { KyselyJobStore } from "../src/state/kysely-job-store.ts";
import { KyselyUserStore } from "../src/state/kysely-user-store.ts";
import { openStateDatabase } from "../src/state/open-state-database.ts";
import {
  ANA,
  afterwards,
  at,
  backupWork,
  claimed,
  deleteWork,
  LEASE_MS,
  LOCAL,
  newJob,
  restoreWork,
  started,
} from "./job-store-fixtures.ts";
import { openForTest, postgresForTests } from "./postgres/postgres-state.ts";
import { aUser, NOTE } from "./state-users-suite.ts";

const { server, freshDatabase } = postgresForTests();

/** Two processes' views of one state database. */
async function two() {
  const url = await freshDatabase();
  const [one, other] = [await openForTest(url), await openForTest(url)];
  return {
    url,
    dbs: [one.db, other.db] as const,
    stores: [new KyselyJobStore(one.db), new KyselyJobStore(other.db)] as const,
  };
}

/** Does the same `count` times at once, every second time on the other side. */
function raced<S, T>(sides: readonly [S, S], count: number, act: (side: S, n: number) => Promise<T>) {
  return Promise.allSettled(Array.from({ length: count }, (_, n) => act(sides[n % 2 === 0 ? 0 : 1], n)));
}

function fulfilled<T>(settled: readonly PromiseSettledResult<T>[]): T[] {
  return settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
}

describe("I23: two processes on one state database", () => {
  test("make exactly one of 50 restores that are asked for at once, and the others name it", async () => {
    const { stores } = await two();
    const asked = await raced(stores, 50, (store) => store.create(newJob(restoreWork())));
    const [made, ...more] = fulfilled(asked);
    expect(more).toEqual([]);
    for (const each of asked) {
      if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "cluster-busy", jobId: made?.id });
    }
    expect(await stores[1].newestSeq(LOCAL)).toBe(1);
  });

  test("number the changes of a cluster without a gap, however many write", async () => {
    const { stores, dbs } = await two();
    await raced(stores, 40, (store, n) => store.create(newJob(deleteWork(`b-${n}`))));
    const changes = (await stores[0].changesSince(LOCAL, 0, 100)) ?? [];
    expect(changes.map((change) => change.seq)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    expect(await stores[1].changesSince(LOCAL, 0, 100)).toEqual(changes);
    expect(await new KyselyAuditLog(dbs[1], () => at(0)).firstBreak()).toBeUndefined();
  });

  test("answer one job to one idempotency key, and refuse it for another cluster at the same moment", async () => {
    const { stores } = await two();
    const made = await raced(stores, 20, (store, n) =>
      store.create(newJob(backupWork(`b-${n}`), { idempotencyKey: "k" })),
    );
    expect(new Set(fulfilled(made).map((job) => job.id)).size).toBe(1);
    expect(fulfilled(made)).toHaveLength(20);
    const clusters = ["east", "west"].map((name) => ClusterId.parse(name));
    const crossed = await raced(stores, 10, (store, n) =>
      store.create(newJob(backupWork(`c-${n}`), { idempotencyKey: "x", clusterId: clusters[n % 2] ?? LOCAL })),
    );
    expect(new Set(fulfilled(crossed).map((job) => job.id)).size).toBe(1);
    for (const each of crossed) {
      if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "idempotency-conflict" });
    }
  });
});

describe("I24: a lease between processes", () => {
  test("is given to one of many who claim at once, with tokens that only grow", async () => {
    const { stores } = await two();
    const tokens: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const job = await stores[0].create(newJob(deleteWork(`b-${n}`)));
      const given = fulfilled(
        await raced(stores, 20, (store, who) => store.claim(job.id, `owner-${who}`, at(0), LEASE_MS)),
      ).filter((lease) => lease !== undefined);
      expect(given).toHaveLength(1);
      tokens.push(...given.map((lease) => lease.token));
    }
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b));
  });

  test("that was stolen after it ran out lets its first holder write nothing more", async () => {
    const { stores, dbs } = await two();
    const [slow, quick] = stores;
    const job = await slow.create(newJob(backupWork()));
    const stale = await claimed(slow, job, "slow", at(0));
    const taken = await claimed(quick, job, "quick", at(10));
    const attempts = await Promise.allSettled([
      slow.save(afterwards(job, started), stale),
      slow.renew(stale, at(11), LEASE_MS),
      slow.checkFence(stale),
      quick.save(afterwards(job, started), taken),
    ]);
    expect(attempts.map((each) => each.status)).toEqual(["rejected", "rejected", "rejected", "fulfilled"]);
    const progress = { measuredAt: at(1), bytesDone: 5, bytesTotal: 9, filesDone: 1, filesTotal: 2, ranks: [] };
    await slow.saveProgress(job.id, stale, progress);
    expect((await quick.get(job.id))?.progress).toBeUndefined();
    expect(await dbs[0].selectFrom("job_leases").select("owner").execute()).toEqual([{ owner: "quick" }]);
  });

  test("I28: stays whose it is when another process starts", async () => {
    const { url, stores } = await two();
    const job = await stores[0].create(newJob(backupWork()));
    const lease = await claimed(stores[0], job);
    const third = new KyselyJobStore((await openForTest(url)).db);
    expect(await third.claim(job.id, "third", at(9), LEASE_MS)).toBeUndefined();
    await stores[0].checkFence(lease);
  });
});

describe("users that two processes change at once", () => {
  test("have one first admin, and the last admin stays", async () => {
    const { dbs } = await two();
    const sides = [new KyselyUserStore(dbs[0], () => at(0)), new KyselyUserStore(dbs[1], () => at(0))] as const;
    const first = await raced(sides, 20, (users, n) => users.createFirst(aUser(`u${n}`, "admin"), NOTE));
    expect(fulfilled(first)).toHaveLength(1);
    for (let n = 0; n < 5; n += 1) {
      await sides[0].create(aUser(`admin-${n}`, "admin"), NOTE);
      const admins = (await sides[0].list()).filter(({ role }) => role === "admin");
      await raced(sides, admins.length, (users, m) => users.delete(admins[m]?.id ?? aUser("x").id, NOTE));
      expect((await sides[1].list()).filter(({ role }) => role === "admin")).toHaveLength(1);
    }
    expect(await new KyselyAuditLog(dbs[0], () => at(0)).firstBreak()).toBeUndefined();
  });
});

describe("a PostgreSQL state database", () => {
  test("I28: is made by several processes that start at once, and all of them go on", async () => {
    const url = await freshDatabase();
    const opened = await Promise.all(Array.from({ length: 8 }, () => openForTest(url)));
    for (const [n, { db }] of opened.entries()) await new KyselyJobStore(db).create(newJob(deleteWork(`b-${n}`)));
    expect(await new KyselyJobStore(opened[0]?.db ?? raise()).newestSeq(LOCAL)).toBe(8);
  });

  test("compares every text by its bytes", async () => {
    const { dbs } = await two();
    const { rows } = await sql`
      select table_name, column_name from information_schema.columns
      where table_schema = 'public' and data_type = 'text' and collation_name is distinct from 'C'
    `.execute(dbs[0]);
    expect(rows).toEqual([]);
  });

  test("that a newer Snapdeck wrote is refused and left as it is", async () => {
    const { url, dbs } = await two();
    await sql`insert into migrations values ('9999-tomorrow', '2030-01-01T00:00:00.000Z')`.execute(dbs[0]);
    await expect(openStateDatabase(url)).rejects.toMatchObject({
      reason: "state-unusable",
      message: expect.stringContaining("9999-tomorrow"),
    });
  });

  test("that cannot hold every name is refused", async () => {
    await server().query(
      "postgres",
      "create database ascii template template0 encoding 'SQL_ASCII' locale_provider libc locale 'C'",
    );
    await expect(openStateDatabase(server().urlOf("ascii"))).rejects.toMatchObject({
      message: expect.stringContaining("encoding SQL_ASCII"),
    });
  });

  test.each([
    { fault: "whose password is another", change: (url: URL) => Object.assign(url, { password: "guessed-wrong" }) },
    { fault: "that is not there", change: (url: URL) => Object.assign(url, { pathname: "/nowhere" }) },
    { fault: "whose server does not answer", change: (url: URL) => Object.assign(url, { port: "1" }) },
  ])("$fault is refused with its name, and no password in any word or log", async ({ change }) => {
    const url = change(new URL(await freshDatabase()));
    const refused: unknown = await openStateDatabase(url.href).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ reason: "state-unusable", message: expect.stringContaining(`on ${url.host}`) });
    const lines: string[] = [];
    createLog("debug", { write: (line: string) => lines.push(line) }).error({ err: refused }, "refused");
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain(url.password);
  });

  test("refuses what no text can hold as a bad request, and a number that would be another one as a fault", async () => {
    const { stores, dbs } = await two();
    const nul = newJob(backupWork(), { requestedBy: { ...ANA, username: "a\0b" } });
    await expect(stores[0].create(nul)).rejects.toMatchObject({ code: "bad-request" });
    await sql`insert into clusters values ('local', 9007199254740993, 0)`.execute(dbs[0]);
    await expect(stores[0].newestSeq(LOCAL)).rejects.toThrow(RangeError);
  });
});

function raise(): never {
  throw new Error("nothing was opened");
}
