import { type ChildProcess, spawn } from "node:child_process";
import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { HostReady } from "@snapdeck/contract/host";
import { BackupId, ClusterId, JobId } from "@snapdeck/contract/scalars";
import type { BackUpOrder, Work, WorkOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import type { z } from "zod";
import { ClickHouseCluster, type ClickHouseClusterOptions } from "../src/clickhouse-cluster.ts";
import type { Sealer } from "../src/cluster-parts.ts";
import { HostClient } from "../src/host-client.ts";
import { RankClients } from "../src/rank-clients.ts";
import { fileDestination } from "../src/sql.ts";
import { filesBelow } from "./store-tricks.ts";

/** Both are taken by their paths: an adapter may not import what it speaks to, nor another adapter. */
const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const DIRECTORY_STORE = join(REPOSITORY, "packages/object-store/src/directory-store.ts");
const HOST_MAIN = join(REPOSITORY, "apps/cluster/src/host/main.ts");

/** Seals with AES-256-GCM under a key of its own. */
export function aSealer(): Sealer {
  const key = randomBytes(32);
  return {
    seal(text) {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
    },
    unseal(sealed) {
      const bytes = Buffer.from(sealed, "base64");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
    },
  };
}

export type HostOptions = {
  readonly ranks?: number;
  /** As `@snapdeck/failpoint` reads them. */
  readonly failpoints?: string;
  /** Where to listen; a free port by default. */
  readonly port?: number;
};

async function spawnHost(root: string, { ranks = 1, failpoints = "", port = 0 }: HostOptions) {
  const child = spawn(process.execPath, ["--import", "tsx", HOST_MAIN], {
    cwd: REPOSITORY,
    env: { ...process.env, SNAPDECK_FAILPOINTS: failpoints },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const backupRoots = [join(root, "database-backups")];
  const config = { clusterDir: join(root, "cluster"), storeRoot: join(root, "store"), backupRoots, ranks, port };
  child.stdin.end(JSON.stringify({ ...config, drainMs: 2_000 }));
  const line = once(createInterface({ input: child.stdout }), "line").then(([text]) => String(text));
  const first = await Promise.race([line, once(child, "exit").then(() => undefined)]);
  if (first === undefined) throw new Error(`the host manager did not start: ${log}`);
  const ready = HostReady.parse(JSON.parse(first));
  return { child, address: { url: ready.url, token: (await readFile(ready.tokenFile, "utf8")).trim() } };
}

/** A real host manager with real ranks on directories of its own, and an adapter that speaks to it. */
export class EmbeddedHost {
  readonly storeRoot: string;
  /** Where the ranks may write database backups. */
  readonly backupRoot: string;
  readonly clusterDir: string;
  readonly address: { url: string; token: string };
  readonly #options: HostOptions;
  readonly #root: string;
  readonly sealer = aSealer();
  readonly #clients: RankClients;
  readonly #clusters: ClickHouseCluster[] = [];
  #process: ChildProcess;

  private constructor(
    root: string,
    options: HostOptions,
    { child, address }: { child: ChildProcess; address: { url: string; token: string } },
  ) {
    this.#root = root;
    this.#options = options;
    this.#process = child;
    this.address = address;
    this.storeRoot = join(root, "store");
    this.backupRoot = join(root, "database-backups");
    this.clusterDir = join(root, "cluster");
    this.#clients = new RankClients(() => new HostClient(address).endpoints());
  }

  static async start(options: HostOptions = {}): Promise<EmbeddedHost> {
    const root = await mkdtemp(join(tmpdir(), "snapdeck-clickhouse-"));
    const host = new EmbeddedHost(root, options, await spawnHost(root, options));
    await host.#untilAtRest();
    return host;
  }

  /** Waits until the host manager has ended, as one does that meets a failpoint. */
  async untilDead(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) await once(this.#process, "exit");
  }

  /** Ends the host manager as a crash would, if it still runs. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.untilDead();
  }

  /** Starts the host manager anew, at the same address. The one before must have ended. */
  async startAgain(failpoints = ""): Promise<void> {
    const port = Number(new URL(this.address.url).port);
    this.#process = (await spawnHost(this.#root, { ...this.#options, failpoints, port })).child;
    await this.#untilAtRest();
  }

  #untilAtRest(): Promise<void> {
    return this.until(async () => {
      const { state, ranks } = await this.host.status();
      return state === "suspended" || (state === "running" && ranks.every((rank) => rank.state === "up"));
    });
  }

  /** The names of the rank directories: what restores and trials leave beside the live ones shows here. */
  rankDirectories(): string[] {
    return readdirSync(this.clusterDir)
      .filter((name) => name.startsWith("rank-"))
      .sort();
  }

  /** Turns over one byte in the middle of a file that holds rows of the table. */
  async damage(backupId: BackupId, table: string): Promise<void> {
    const files = await filesBelow(join(this.storeRoot, "local", backupId));
    const file = files.find((each) => each.includes(`/${table}/`) && /(?:data|id)\.bin$/.test(each));
    if (file === undefined) throw new Error(`backup ${backupId} holds no rows of ${table}`);
    const handle = await open(file, "r+");
    const at = Math.floor((await handle.stat()).size / 2);
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
    await handle.write(Buffer.from([buffer.readUInt8(0) ^ 0xff]), 0, 1, at);
    await handle.close();
  }

  get host(): HostClient {
    return new HostClient(this.address);
  }

  /** An adapter; each has its own connections, as two servers would. */
  async cluster(
    settings: ClickHouseClusterOptions["settings"] = {},
    overrides: Partial<ClickHouseClusterOptions> = {},
  ): Promise<ClickHouseCluster> {
    const cluster = new ClickHouseCluster({
      id: ClusterId.parse("local"),
      name: "local",
      host: this.address,
      store: await this.store(),
      engineStore: fileDestination,
      sealer: this.sealer,
      clock: () => new Date().toISOString(),
      newSuffix: () => randomBytes(6).toString("hex"),
      settings: { pollMs: 50, ...settings },
      ...overrides,
    });
    this.#clusters.push(cluster);
    return cluster;
  }

  async store(): Promise<ObjectStore> {
    const { DirectoryStore } = await import(DIRECTORY_STORE);
    return DirectoryStore.open(this.storeRoot);
  }

  /** Runs statements on every rank. */
  async run(...statements: string[]): Promise<void> {
    for (const client of await this.#clients.all()) {
      for (const statement of statements) await client.run("a test", statement, { timeoutMs: "long" });
    }
  }

  /** Runs statements on one rank. */
  async runOn(rank: number, ...statements: string[]): Promise<void> {
    const client = (await this.#clients.all()).find((each) => each.rank === rank);
    if (client === undefined) throw new Error(`there is no rank ${rank}`);
    for (const statement of statements) await client.run("a test", statement, { timeoutMs: "long" });
  }

  /** Asks every rank; answers all their rows. */
  async ask<T>(row: z.ZodType<T>, query: string): Promise<T[]> {
    const clients = await this.#clients.all();
    return (await Promise.all(clients.map((client) => client.rows("a test", row, query)))).flat();
  }

  async pidOf(rank: number): Promise<number> {
    const pid = (await this.host.status()).ranks.find((each) => each.rank === rank)?.pid;
    if (pid === undefined) throw new Error(`rank ${rank} has no process`);
    return pid;
  }

  /** Waits for a fact. */
  async until(isSo: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!(await isSo().catch(() => false))) {
      if (performance.now() > deadline) throw new Error("what was waited for did not come");
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const cluster of this.#clusters) await cluster.close();
    await this.#clients.close();
    this.#process.kill("SIGTERM");
    await this.untilDead();
    await rm(this.#root, { recursive: true, force: true });
  }
}

let fencingToken = 0;

export function anOrder(overrides: Partial<WorkOrder> = {}): WorkOrder {
  fencingToken += 1;
  const jobId = JobId.parse(randomUUID());
  return { jobId, attempt: 1, fencingToken, takeUp: false, checkFence: async () => undefined, ...overrides };
}

let backups = 0;

export function aBackupOrder(overrides: Partial<BackUpOrder> = {}): BackUpOrder {
  backups += 1;
  return { ...anOrder(), backupId: BackupId.parse(`backup-${backups}`), requestedBy: "a test", ...overrides };
}

export const NEVER = new AbortController().signal;

/** Follows work to its end; answers all that it reported. */
export async function reportsOf(work: Work): Promise<WorkReport[]> {
  const reports: WorkReport[] = [];
  for await (const report of work) reports.push(report);
  return reports;
}

/** Follows work that must succeed; answers its evidence. */
export async function confirmedBy(work: Work) {
  const last = (await reportsOf(work)).at(-1);
  if (last?.type !== "confirmed") throw new Error(`the work ended in ${JSON.stringify(last)}`);
  return last.evidence;
}
