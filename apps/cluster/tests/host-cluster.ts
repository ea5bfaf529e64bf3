import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import type { RankEndpoints } from "@snapdeck/contract/host";
import { HostRestore, HostTrial } from "@snapdeck/contract/host";
import {
  type ClusterDirectories,
  makeClusterDirectories,
  queryAll,
  type SpawnedHost,
  spawnHost,
} from "./spawn-host.ts";

/** One cluster for a test: host managers come and go on its directory, and all of them are gone after `end`. */
export class TestCluster {
  readonly directories: ClusterDirectories;
  readonly ranks: number;
  readonly #hosts: SpawnedHost[] = [];
  #token = 0;

  private constructor(directories: ClusterDirectories, ranks: number) {
    this.directories = directories;
    this.ranks = ranks;
  }

  static async make(ranks: number): Promise<TestCluster> {
    return new TestCluster(await makeClusterDirectories(), ranks);
  }

  get clusterDir(): string {
    return this.directories.clusterDir;
  }

  /** Starts a host manager and waits until the cluster has come to rest. */
  async start(failpoints?: string, settings: Record<string, unknown> = {}): Promise<SpawnedHost> {
    const { clusterDir, storeRoot } = this.directories;
    const config = { clusterDir, storeRoot, ranks: this.ranks, ...settings };
    const host = await spawnHost(failpoints === undefined ? { config } : { config, failpoints });
    this.#hosts.push(host);
    await host.until(({ state }) => state === "running" || state === "suspended");
    return host;
  }

  /** A new order, under a newer lock than all before. */
  order(): { operationId: string; fencingToken: number } {
    this.#token += 1;
    return { operationId: randomUUID(), fencingToken: this.#token };
  }

  /** Opens a restore and waits for its maintenance ranks. */
  async openRestore(host: SpawnedHost): Promise<{ operationId: string; ranks: RankEndpoints }> {
    const order = this.order();
    await host.ask(HostRestore, "POST", "/v1/restores", order);
    await host.untilRestore(order.operationId, "ready");
    return { operationId: order.operationId, ranks: await host.restoreEndpoints(order.operationId) };
  }

  /** Opens a trial and waits for its throw-away ranks. */
  async openTrial(host: SpawnedHost): Promise<{ operationId: string; ranks: RankEndpoints }> {
    const order = this.order();
    await host.ask(HostTrial, "POST", "/v1/trials", order);
    await host.untilTrial(order.operationId, "ready");
    return { operationId: order.operationId, ranks: await host.trialEndpoints(order.operationId) };
  }

  /** The names of everything in the cluster directory that belongs to ranks. */
  rankDirectories(): string[] {
    return readdirSync(this.clusterDir)
      .filter((name) => name.startsWith("rank-"))
      .sort();
  }

  /** Stops every host manager that still runs. */
  async endHosts(): Promise<void> {
    await Promise.all(this.#hosts.splice(0).map((host) => host.stop()));
  }

  async end(): Promise<void> {
    await this.endHosts();
    await this.directories.remove();
  }
}

/** That there is a process: signal number 0 would go to the test itself. */
export function aPid(pid: number | undefined): number {
  if (pid === undefined) throw new Error("no process");
  return pid;
}

/** Fills every rank with a table that differs by rank and by `generation`. */
export async function fill(ranks: RankEndpoints, generation: string): Promise<void> {
  await queryAll(ranks, "CREATE DATABASE shop");
  await queryAll(ranks, "CREATE TABLE shop.orders (id UInt64, generation String) ENGINE = MergeTree ORDER BY id");
  await Promise.all(
    ranks.map((rank) =>
      queryAll([rank], `INSERT INTO shop.orders SELECT number + ${rank.rank}, '${generation}' FROM numbers(1000)`),
    ),
  );
}

/** Which generation every rank holds. Throws unless each has all of its rows of one. */
export async function generations(ranks: RankEndpoints): Promise<string[]> {
  const answers = await queryAll(
    ranks,
    "SELECT any(generation), uniqExact(generation), count(), sum(id) FROM shop.orders FORMAT TSV",
  );
  return answers.map((answer, at) => {
    const [generation, kinds, rows, sum] = answer.split("\t");
    const rank = ranks[at]?.rank ?? -1;
    if (kinds !== "1" || rows !== "1000" || sum !== String(499_500 + 1000 * rank)) {
      throw new Error(`rank ${rank} holds something else: ${answer}`);
    }
    return generation ?? "";
  });
}
