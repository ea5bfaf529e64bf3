import { chmod, chown, mkdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { identityOf } from "../src/host/process-identity.ts";
import { aPid, fill, generations, TestCluster } from "./host-cluster.ts";
import { HostDidNotStart, query, spawnHost } from "./spawn-host.ts";

let cluster: TestCluster;
afterEach(() => cluster.end());

/** Starts what must not start; answers its exit code and its last words, having checked that they are words. */
async function failure(config: Record<string, unknown>): Promise<{ code: number | null; message: string }> {
  try {
    const host = await spawnHost({ config });
    await host.kill();
  } catch (error) {
    if (!(error instanceof HostDidNotStart)) throw error;
    expect(error.stderr.trim().split("\n")).toHaveLength(1);
    expect(error.stderr).not.toMatch(/\bat .*:\d+:\d+/);
    return { code: error.exit.code, message: error.lastWords };
  }
  throw new Error("it started");
}

async function config(change: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const { clusterDir, storeRoot } = cluster.directories;
  return { clusterDir, storeRoot, ...change };
}

describe("a host manager does not start, and says why in one message,", () => {
  it("on a bad configuration", async () => {
    cluster = await TestCluster.make(1);
    expect(await failure({})).toMatchObject({ code: 64, message: expect.stringContaining("clusterDir") });
    expect(await failure(await config({ ranks: 0 }))).toMatchObject({ code: 64 });
  });

  it("in a directory that cannot be made", async () => {
    cluster = await TestCluster.make(1);
    const answer = await failure(await config({ clusterDir: "/dev/null/cluster" }));
    expect(answer).toMatchObject({ code: 73, message: expect.stringContaining("/dev/null/cluster") });
  });

  it("in a directory that is a link or open to others", async () => {
    cluster = await TestCluster.make(1);
    const { clusterDir, storeRoot } = cluster.directories;
    await mkdir(`${clusterDir}-real`, { mode: 0o700 });
    await symlink(`${clusterDir}-real`, clusterDir);
    expect(await failure(await config())).toMatchObject({
      code: 77,
      message: expect.stringContaining("symbolic link"),
    });
    await rm(clusterDir);
    await mkdir(storeRoot, { mode: 0o700 });
    await chmod(storeRoot, 0o755);
    expect(await failure(await config())).toMatchObject({ code: 77, message: expect.stringContaining("0755") });
  });

  it.skipIf(process.getuid?.() !== 0)("in a directory of somebody else", async () => {
    cluster = await TestCluster.make(1);
    await mkdir(cluster.clusterDir, { mode: 0o700 });
    await chown(cluster.clusterDir, 4711, 4711);
    expect(await failure(await config())).toMatchObject({ code: 77, message: expect.stringContaining("user 4711") });
  });

  it("with a store in the wrong place", async () => {
    cluster = await TestCluster.make(1);
    const { clusterDir } = cluster.directories;
    const inside = await failure(await config({ storeRoot: join(clusterDir, "store") }));
    expect(inside).toMatchObject({ code: 77, message: expect.stringContaining("inside the data directory") });
    expect((await failure(await config({ storeRoot: "/" }))).code).toBe(77);
    expect((await failure(await config({ storeRoot: homedir() }))).code).toBe(77);
  });

  it("with a directory of database backups in the wrong place", async () => {
    cluster = await TestCluster.make(1);
    const { clusterDir, storeRoot } = cluster.directories;
    for (const root of [join(clusterDir, "b"), join(storeRoot, "b"), homedir(), "/"]) {
      expect((await failure(await config({ backupRoots: [root] }))).code).toBe(77);
    }
  });

  it("on a port that is taken", async () => {
    cluster = await TestCluster.make(1);
    const host = await cluster.start();
    const port = Number(new URL(host.ready.url).port);
    const other = { clusterDir: `${cluster.clusterDir}-other`, port };
    expect(await failure(await config(other))).toMatchObject({
      code: 69,
      message: expect.stringContaining(String(port)),
    });
  });

  it("where another one runs, which goes on undisturbed", async () => {
    cluster = await TestCluster.make(1);
    const host = await cluster.start();
    const answer = await failure(await config());
    expect(answer).toMatchObject({ code: 75, message: expect.stringContaining(`pid ${host.pid}`) });
    expect(await host.status()).toMatchObject({ state: "running" });
  });

  it("where the lock is held by a process that lives, whatever that is", async () => {
    cluster = await TestCluster.make(1);
    await mkdir(cluster.clusterDir, { mode: 0o700 });
    await writeFile(join(cluster.clusterDir, "host.lock"), JSON.stringify(identityOf(process.pid)));
    expect(await failure(await config())).toMatchObject({ code: 75 });
  });

  it("over a cluster that was made otherwise, or is damaged", async () => {
    cluster = await TestCluster.make(1);
    const { clusterDir } = cluster;
    await (await cluster.start()).stop();
    expect(await failure(await config({ ranks: 3 }))).toMatchObject({
      code: 64,
      message: expect.stringContaining("1 rank"),
    });
    expect((await failure(await config({ clusterId: "other" }))).code).toBe(64);
    await rename(join(clusterDir, "rank-0"), join(clusterDir, "elsewhere"));
    expect(await failure(await config())).toMatchObject({ code: 65, message: expect.stringContaining("missing") });
    await symlink(join(clusterDir, "elsewhere"), join(clusterDir, "rank-0"));
    expect((await failure(await config())).code).toBe(77);
    await writeFile(join(clusterDir, "cluster.json"), "{");
    expect((await failure(await config())).code).toBe(65);
    await rm(join(clusterDir, "cluster.json"));
    expect(await failure(await config())).toMatchObject({
      code: 65,
      message: expect.stringContaining("not a cluster"),
    });
  });
});

it.each([
  ["of a process that is gone", { ...identityOf(process.pid), pid: 4_194_304 }],
  ["of a process whose number runs something else by now", { ...identityOf(process.pid), startTicks: "1" }],
  ["of an earlier boot", { ...identityOf(process.pid), bootId: "6f1d8f0e-58f7-4d8c-9d53-6b0f2b0b7f10" }],
  ["that a power cut left empty", undefined],
])("takes over a lock %s", async (_, owner) => {
  cluster = await TestCluster.make(1);
  await mkdir(cluster.clusterDir, { mode: 0o700 });
  const lock = join(cluster.clusterDir, "host.lock");
  await writeFile(lock, owner === undefined ? "" : JSON.stringify(owner));
  const host = await cluster.start();
  expect(JSON.parse(await readFile(lock, "utf8"))).toMatchObject({ pid: host.pid });
});

it("of two that start at once, one starts", async () => {
  cluster = await TestCluster.make(1);
  const settings = await config();
  const outcomes = await Promise.allSettled([spawnHost({ config: settings }), spawnHost({ config: settings })]);
  const started = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  await Promise.all(started.map((host) => host.stop()));
  expect(started).toHaveLength(1);
});

it("keeps everything to itself, and leaves no lock and no process when it stops", async () => {
  cluster = await TestCluster.make(1);
  const { clusterDir, storeRoot } = cluster.directories;
  const host = await cluster.start();
  const { ranks } = await host.status();
  for (const name of ["", "rank-0"]) expect((await stat(join(clusterDir, name))).mode & 0o777).toBe(0o700);
  expect((await stat(storeRoot)).mode & 0o777).toBe(0o700);
  for (const name of ["host.lock", "host-token", "secrets", "cluster.json", "processes.json"]) {
    expect((await stat(join(clusterDir, name))).mode & 0o777).toBe(0o600);
  }
  expect(await host.stop()).toEqual({ code: 0, signal: null });
  await expect(stat(join(clusterDir, "host.lock"))).rejects.toThrow("ENOENT");
  expect(() => process.kill(aPid(ranks[0]?.pid), 0)).toThrow("ESRCH");
});

it("lets its ranks write database backups to the directories of its configuration, and throw-away ranks read them", async () => {
  cluster = await TestCluster.make(2);
  const root = `${cluster.clusterDir}-database-backups`;
  const host = await cluster.start(undefined, { backupRoots: [root] });
  expect((await stat(root)).mode & 0o777).toBe(0o700);
  const ranks = await host.endpoints();
  await fill(ranks, "one");
  for (const rank of ranks) await query(rank, `BACKUP DATABASE shop TO File('${root}/b/rank-${rank.rank}')`);
  const trial = await cluster.openTrial(host);
  for (const rank of trial.ranks) await query(rank, `RESTORE DATABASE shop FROM File('${root}/b/rank-${rank.rank}')`);
  expect(await generations(trial.ranks)).toEqual(["one", "one"]);
  await rm(root, { recursive: true });
});
