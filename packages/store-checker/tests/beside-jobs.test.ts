import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Job } from "@snapdeck/contract/job";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkStore } from "../src/check-store.ts";
import type { StoreReport } from "../src/store-report.ts";
import { pictureOf } from "./fixture/picture.ts";

/** Taken by its path: a package may not import the stories. It runs what the build left. */
const STACK = fileURLToPath(new URL("../../../e2e/harness/stack.ts", import.meta.url));

type Api = { get(route: string, asked?: { params?: object; query?: object; body?: object }): Promise<Job> };

/** A real host manager with real ranks, and a real server. */
type Stack = {
  readonly servers: {
    readonly home: string;
    readonly storeRoot: string;
    readonly bff: { stop(): Promise<number | null> };
  };
  readonly ranks: { visit<T>(act: (ask: (sql: string) => Promise<unknown>) => Promise<T>): Promise<T[]> };
  as(role: "admin"): Promise<Api>;
  jobEnded(jobId: string): Promise<Job>;
  backUp(): Promise<Job>;
  suspend(): Promise<Job>;
  restoreNewest(): Promise<Job>;
  stop(): Promise<void>;
};

/** Slow enough for a backup to last while checks go on, in bytes per second. */
const SLOW = 3_000_000;

let stack: Stack;
beforeAll(async () => {
  const { Stack } = await import(STACK);
  stack = await Stack.start({ ranks: 2, cluster: { backupBandwidthBytesPerSecond: SLOW } });
  for (const statement of [
    "CREATE DATABASE shop",
    "CREATE TABLE shop.orders (id UInt64, note String) ENGINE = MergeTree ORDER BY id",
    "INSERT INTO shop.orders SELECT number, randomPrintableASCII(100) FROM numbers(60000)",
  ]) {
    await stack.ranks.visit((ask) => ask(statement));
  }
});
afterAll(() => stack?.stop());

function check(): Promise<StoreReport> {
  const { home, storeRoot } = stack.servers;
  return checkStore({
    storeRoot,
    clusterId: "local",
    state: { sqliteFile: join(home, "state/state.sqlite") },
    keysDir: join(home, "keys"),
    clusterDir: join(home, "cluster"),
    bytes: true,
  });
}

/** Checks again and again until told to stop; answers how often, and every break that was told. */
function keepsChecking() {
  let isOver = false;
  const checking = (async () => {
    const breaks: StoreReport["breaks"][number][] = [];
    let checks = 0;
    for (; !isOver; checks += 1) breaks.push(...(await check()).breaks);
    return { checks, breaks };
  })();
  return {
    stop: () => {
      isOver = true;
      return checking;
    },
  };
}

test("A check beside every kind of job finds nothing broken, and nothing is broken afterwards", async () => {
  const admin = await stack.as("admin");
  const checks = keepsChecking();
  const first = await stack.backUp();
  const second = await stack.backUp();
  const idOf = ({ work }: Job) => ("backupId" in work ? work.backupId : "");
  const ends = async (started: Promise<Job>) => (await stack.jobEnded((await started).id)).state.name;
  const canceled = await admin.get("startBackup");
  await admin.get("cancelJob", { params: { jobId: canceled.id } });
  await stack.jobEnded(canceled.id);
  const verify = (level: string) =>
    ends(admin.get("verifyBackup", { params: { backupId: idOf(second) }, body: { level } }));
  expect(await verify("L2")).toBe("succeeded");
  expect(await verify("L3")).toBe("succeeded");
  expect(await ends(admin.get("deleteBackup", { params: { backupId: idOf(first) } }))).toBe("succeeded");
  await stack.suspend();
  await stack.restoreNewest();
  const told = await checks.stop();
  expect(told.breaks).toEqual([]);
  expect(told.checks).toBeGreaterThan(2);
  const report = await check();
  expect(report.breaks).toEqual([]);
  expect(report.backups).toBeGreaterThan(0);
});

test("A check writes nothing to the store and the state that a stopped server left", async () => {
  await stack.servers.bff.stop();
  const pictures = () => ["store", "state", "keys"].map((name) => pictureOf(join(stack.servers.home, name)));
  const before = pictures();
  expect((await check()).breaks).toEqual([]);
  expect(pictures()).toEqual(before);
});
