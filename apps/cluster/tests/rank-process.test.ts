import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { connect, scalarOf, spawnFailingRank, spawnRank, until } from "./spawn-rank.ts";

const HASH = "SELECT count(), groupBitXor(cityHash64(*)) FROM t";

async function fill(rank: Awaited<ReturnType<typeof spawnRank>>, parts = 20): Promise<string> {
  const client = connect(rank);
  await client.command({ query: "CREATE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a" });
  await client.command({ query: "SYSTEM STOP MERGES t" });
  // A backup hears a KILL between two files only, so that one in many parts is canceled soon.
  for (let part = 0; part < parts; part += 1) {
    const rows = `SELECT number, randomString(100) FROM numbers(${600_000 / parts})`;
    await client.command({ query: `INSERT INTO t ${rows}` });
  }
  const hash = await scalarOf(client, HASH);
  await client.close();
  return hash;
}

async function hashOf(rank: Awaited<ReturnType<typeof spawnRank>>): Promise<string> {
  const client = connect(rank);
  const hash = await scalarOf(client, HASH);
  await client.close();
  return hash;
}

describe("a rank process", () => {
  it("keeps its data through kill -9 and through a clean stop", async () => {
    await using first = await spawnRank();
    const hash = await fill(first);
    first.child.kill("SIGKILL");
    expect(await first.exited).toEqual({ code: null, signal: "SIGKILL" });
    const second = await spawnRank({ directory: first.directory });
    expect(await hashOf(second)).toBe(hash);
    await second.stop();
    expect(await second.exited).toEqual({ code: 0, signal: null });
    const third = await spawnRank({ directory: first.directory });
    expect(await hashOf(third)).toBe(hash);
    await third.stop();
  });

  it("keeps its password out of its arguments, its environment, its files and its log", async () => {
    await using rank = await spawnRank();
    for (const file of ["cmdline", "environ"]) {
      expect(readFileSync(`/proc/${rank.pid}/${file}`, "utf8")).not.toContain(rank.password);
    }
    const name = readdirSync(tmpdir()).find((entry) => entry.startsWith(`snapdeck-rank-${rank.pid}-`)) ?? "";
    expect(statSync(join(tmpdir(), name)).mode & 0o777).toBe(0o700);
    expect(statSync(join(tmpdir(), name, "engine.xml")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(tmpdir(), name, "engine.xml"), "utf8")).not.toContain(rank.password);
    expect(statSync(rank.dataDir).mode & 0o777).toBe(0o700);
    expect(rank.log()).not.toContain(rank.password);
    await rank.stop();
    expect(readdirSync(tmpdir())).not.toContain(name);
  });

  it("sweeps away what a killed rank left in the temporary directory", async () => {
    await using rank = await spawnRank();
    const own = (pid: number) => readdirSync(tmpdir()).filter((entry) => entry.startsWith(`snapdeck-rank-${pid}-`));
    expect(own(rank.pid)).toHaveLength(1);
    rank.child.kill("SIGKILL");
    await rank.exited;
    const next = await spawnRank({ directory: rank.directory });
    expect(own(rank.pid)).toEqual([]);
    expect(own(next.pid)).toHaveLength(1);
    await next.stop();
  });

  it("ignores Ctrl-C, which is the host manager's to hear", async () => {
    await using rank = await spawnRank();
    rank.child.kill("SIGINT");
    const client = connect(rank);
    expect(await scalarOf(client, "SELECT 1")).toBe("1");
    await client.close();
    expect(rank.child.exitCode).toBeNull();
  });

  it.each(["SIGTERM", "SIGHUP", "disconnect", "stop"])("in the middle of a backup ends cleanly on %s", async (how) => {
    await using rank = await spawnRank();
    const hash = await fill(rank);
    const client = connect(rank);
    await client.command({ query: "BACKUP TABLE t TO File('p/q') SETTINGS max_backup_bandwidth = 3000000 ASYNC" });
    await until(() => readdirSync(rank.storeRoot, { recursive: true }).length > 0);
    const waiting = scalarOf(client, "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(cityHash64(number))");
    const failure = waiting.catch(() => "failed");
    if (how === "disconnect") rank.child.disconnect();
    else if (how === "stop") rank.send({ type: "stop" });
    else rank.child.kill(how as NodeJS.Signals);
    expect(await rank.exited).toEqual({ code: 0, signal: null });
    expect(await failure).toBe("failed");
    await client.close();
    const left = readdirSync(rank.storeRoot, { recursive: true }).map(String);
    expect(left.filter((name) => /\.lock|\.backup/.test(name))).toEqual([]);
    const again = await spawnRank({ directory: rank.directory });
    expect(await hashOf(again)).toBe(hash);
    const backup = connect(again);
    await backup.command({ query: "BACKUP TABLE t TO File('p/q')" });
    await backup.close();
    await again.stop();
  });

  it("does not outlive its host manager, even when a backup does not let itself be canceled", async () => {
    await using rank = await spawnRank();
    const hash = await fill(rank, 1);
    const client = connect(rank);
    await client.command({ query: "BACKUP TABLE t TO File('p/q') SETTINGS max_backup_bandwidth = 500000 ASYNC" });
    await client.close();
    await until(() => existsSync(join(rank.storeRoot, "p", "q")));
    rank.child.disconnect();
    expect(await rank.exited).toEqual({ code: null, signal: "SIGKILL" });
    const again = await spawnRank({ directory: rank.directory });
    expect(await hashOf(again)).toBe(hash);
    await again.stop();
  });
});

describe("the memory limit", () => {
  it("ends the statement that needs more, and nothing else", async () => {
    await using rank = await spawnRank({ memoryLimitBytes: 1_200_000_000 });
    const client = connect(rank);
    const greedy = "SELECT length(groupArray(toString(number))) FROM numbers(100000000)";
    await expect(scalarOf(client, greedy)).rejects.toMatchObject({ code: "241", type: "MEMORY_LIMIT_EXCEEDED" });
    expect(await scalarOf(client, "SELECT 1")).toBe("1");
    await client.close();
  });
});

describe("a rank that cannot open says why, in one report, and exits with code 1", () => {
  it("when another process holds the data directory, which goes on undisturbed", async () => {
    await using rank = await spawnRank();
    const hash = await fill(rank);
    const second = await spawnFailingRank({ directory: rank.directory });
    expect([second.failure.code, second.code]).toEqual(["data-dir-in-use", 1]);
    expect(second.failure.detail).toContain(`in use by process ${rank.pid}`);
    expect(second.failure.detail).not.toMatch(/\n\s+at /);
    expect(await hashOf(rank)).toBe(hash);
  });

  it("when the data directory or the store is no directory that can be written", async () => {
    const directory = mkdtempSync(join(tmpdir(), "snapdeck-test-"));
    writeFileSync(join(directory, "file"), "");
    symlinkSync(directory, join(directory, "link"));
    const inFile = await spawnFailingRank({ directory, dataDir: join(directory, "file", "data") });
    expect([inFile.failure.code, inFile.code]).toEqual(["data-dir-unwritable", 1]);
    const link = await spawnFailingRank({ directory, storeRoot: join(directory, "link") });
    expect([link.failure.code, link.code]).toEqual(["store-unwritable", 1]);
    rmSync(directory, { recursive: true });
  });

  it("when the port is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const directory = mkdtempSync(join(tmpdir(), "snapdeck-test-"));
    const failed = await spawnFailingRank({ directory, port });
    expect([failed.failure.code, failed.code]).toEqual(["port-in-use", 1]);
    expect(failed.failure.detail).toContain(String(port));
    server.close();
    rmSync(directory, { recursive: true });
  });

  it("when the data directory holds what the engine cannot load", async () => {
    await using rank = await spawnRank();
    await fill(rank);
    await rank.stop();
    const store = join(rank.dataDir, "store");
    const name = readdirSync(store, { recursive: true })
      .map(String)
      .find((entry) => entry.endsWith("t.sql"));
    const metadata = join(store, name ?? "");
    chmodSync(metadata, 0o600);
    writeFileSync(metadata, "ATTACH NONSENSE");
    const failed = await spawnFailingRank({ directory: rank.directory });
    expect([failed.failure.code, failed.code]).toEqual(["data-dir-corrupt", 1]);
    expect(readFileSync(metadata, "utf8")).toBe("ATTACH NONSENSE");
  });
});
