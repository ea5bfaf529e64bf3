import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Job } from "@snapdeck/contract/job";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { ask, CLUSTER, refused, run, SqlStack } from "./sql-stack-world.ts";
import type { Browser } from "./world/browser.ts";

const JobsReply = z.object({ items: z.array(Job) });

const WITH = "DATA SINK = ops.backups";
const FROM = "DATA SOURCE = ops.backups";
const RESTORE = `RESTORE BACKUP b ${FROM} OBJECTS (ALL = shop)`;

let stack: SqlStack;
let browser: Browser;
beforeAll(async () => {
  stack = await SqlStack.start(1);
  browser = await stack.consoleWithStore("one");
  await run(
    browser,
    `CREATE SCHEMA shop; CREATE TABLE shop.orders (id UInt64) ENGINE = MergeTree ORDER BY id;
    INSERT INTO shop.orders SELECT number FROM numbers(1000);
    CREATE BACKUP b ${WITH} OBJECTS (ALL = shop); INSERT INTO shop.orders VALUES (1); BACKUP b ${WITH}`,
  );
}, 120_000);
afterAll(() => stack[Symbol.asyncDispose]());

async function jobs(): Promise<Job[]> {
  return JobsReply.parse((await browser.ask("GET", `${CLUSTER}/jobs`)).json()).items;
}

async function move(kind: "suspend" | "resume"): Promise<void> {
  expect((await browser.ask("POST", `${CLUSTER}/${kind}`, { body: {} })).status).toBe(202);
  await vi.waitFor(
    async () => expect((await jobs())[0]).toMatchObject({ work: { kind }, state: { name: "succeeded" } }),
    {
      timeout: 60_000,
      interval: 100,
    },
  );
}

describe("Backups in SQL", { timeout: 120_000 }, () => {
  test("tell at once that a restore would hit what exists, and begin no job", async () => {
    const before = (await jobs()).length;
    const answer = await ask(browser, RESTORE);
    expect(answer).toMatchObject({ code: "restore-conflict" });
    expect(await jobs()).toHaveLength(before);
  });

  test("of a directory whose disk is away are not said to be gone, and nothing is written in its place", async () => {
    const away = `${stack.backups}-away`;
    await rename(stack.backups, away);
    await mkdir(stack.backups, { mode: 0o700 });
    const other = `CREATE BACKUP c ${WITH} OBJECTS (ALL = shop)`;
    for (const sql of [`VERIFY BACKUP b ${FROM}`, `SHOW BACKUP * ${FROM}`, `BACKUP b ${WITH}`, other]) {
      expect(await refused(browser, sql), sql).toBe("store-unavailable");
    }
    await mkdir(join(stack.backups, "emptied-on-purpose"), { mode: 0o700 });
    expect(await refused(browser, `VERIFY BACKUP b ${FROM}`)).toBe("backup-not-found");
    await rm(stack.backups, { recursive: true });
    await rename(away, stack.backups);
    await run(browser, `VERIFY BACKUP b ${FROM}`);
  });

  test("are verified, merged and dropped while the cluster is suspended, and neither taken nor restored", async () => {
    await move("suspend");
    for (const sql of [`BACKUP b ${WITH}`, RESTORE]) expect(await refused(browser, sql)).toBe("cluster-not-running");
    await run(browser, `VERIFY BACKUP b ${FROM}; ALTER BACKUP b ${WITH} MERGE; VERIFY BACKUP b ${FROM}`);
    expect(await run(browser, `DESCRIBE BACKUP b ${FROM}`)).toHaveLength(1);
    await move("resume");
    await run(browser, `DROP SCHEMA shop CASCADE; ${RESTORE}`);
    expect(await run(browser, "SELECT toUInt32(count()) FROM shop.orders")).toEqual([[1001]]);
    await move("suspend");
    await run(browser, `DROP BACKUP b ${WITH}`);
    expect(await run(browser, `SHOW BACKUP * ${FROM}`)).toEqual([]);
    await move("resume");
  });
});
