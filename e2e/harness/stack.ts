import { closeSync, openSync, readdirSync, readSync, statSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import type { RestorePlan } from "@snapdeck/contract/backup";
import { type Job, UNDER_WAY } from "@snapdeck/contract/job";
import type { Role } from "@snapdeck/contract/role";
import type { JobId } from "@snapdeck/contract/scalars";
import { Api } from "./api.ts";
import { PEOPLE } from "./people.ts";
import { isAlive, until } from "./processes.ts";
import { Ranks } from "./ranks.ts";
import { CLUSTER_NAME, type ServerOptions, Servers } from "./servers.ts";
import { Writer } from "./writer.ts";

export type StackOptions = ServerOptions & {
  /** Leave Snapdeck as a newcomer finds it: nobody has opened the setup link. Default false. */
  readonly untouched?: boolean;
};

/** The world of a story: real servers, real engines, and what can be done with them without a page. Gone when the story ends. */
export class Stack {
  readonly servers: Servers;
  readonly ranks: Ranks;
  readonly #apis = new Map<Role, Api>();

  private constructor(options: StackOptions) {
    this.servers = new Servers(options);
    this.ranks = new Ranks(() => this.servers.hostUrl, this.servers.tokenFile);
  }

  /** Starts everything, and unless `untouched` is asked for, makes one user of each role. */
  static async start(options: StackOptions = {}): Promise<Stack> {
    const stack = new Stack(options);
    try {
      await stack.servers.startHost();
      await stack.servers.startBff();
      await stack.ranksAreUp();
      if (options.untouched !== true) await stack.inviteEverybody();
      return stack;
    } catch (error) {
      await stack.stop().catch(() => undefined);
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.servers.stop();
  }

  get url(): string {
    return this.servers.url;
  }

  /** The link of the first start; empty once there is a user. */
  get setupUrl(): string {
    return String(this.servers.bff.ready["setupUrl"] ?? "");
  }

  /** The secret in the setup link. */
  get setupToken(): string {
    return new URLSearchParams(new URL(this.setupUrl).hash.slice(1)).get("token") ?? "";
  }

  /** The server asked directly, without a page, by somebody who has not signed in. */
  anyone(): Api {
    return new Api(() => this.servers.address);
  }

  /** Makes one user of each role, by the setup link of a console that knows nobody. */
  async inviteEverybody(): Promise<void> {
    this.#apis.clear();
    const admin = this.anyone();
    await admin.setUp(this.setupToken, PEOPLE.admin.username, PEOPLE.admin.password);
    this.#apis.set("admin", admin);
    for (const role of ["viewer", "operator"] as const)
      await admin.get("createUser", { body: { ...PEOPLE[role], role } });
  }

  /** The server asked directly, signed in as that role. */
  async as(role: Role): Promise<Api> {
    const known = this.#apis.get(role);
    if (known !== undefined) return known;
    const api = this.anyone();
    await api.signIn(PEOPLE[role].username, PEOPLE[role].password);
    this.#apis.set(role, api);
    return api;
  }

  async ranksAreUp(): Promise<void> {
    await until("the ranks are up", async () => {
      const { ranks } = await this.ranks.status();
      return ranks.every(({ state }) => state === "up") || undefined;
    });
  }

  /** SIGKILL to one rank's process; the host manager starts it again. */
  async killRank(rank: number): Promise<void> {
    const { ranks } = await this.ranks.status();
    const pid = ranks.find((each) => each.rank === rank)?.pid;
    if (pid === undefined) throw new Error(`rank ${rank} has no process`);
    process.kill(pid, "SIGKILL");
    await until("the rank is gone", () => !isAlive(pid) || undefined);
  }

  /** Waits until a job has ended, and answers how. */
  async jobEnded(jobId: JobId): Promise<Job> {
    const api = await this.as("admin");
    return until(
      `job ${jobId} has ended`,
      async () => {
        const job = await api.get("getJob", { params: { jobId } });
        return UNDER_WAY.some((name) => name === job.state.name) ? undefined : job;
      },
      60_000,
    );
  }

  /** Waits until there has been a job and none is under way; fails when one did not succeed. */
  async jobsAreDone(): Promise<void> {
    const api = await this.as("admin");
    const jobs = await until(
      "all jobs are done",
      async () => {
        const { items } = await api.get("listJobs");
        const isDone = items.length > 0 && items.every(({ state }) => !UNDER_WAY.some((name) => name === state.name));
        return isDone ? items : undefined;
      },
      60_000,
    );
    const [other] = jobs.filter(({ state }) => state.name !== "succeeded");
    if (other !== undefined) throw new Error(`${other.work.kind} ended: ${JSON.stringify(other.state)}`);
  }

  /** Waits until that job has succeeded; fails when it ends in any other way. */
  async #succeeds(started: Promise<Job>): Promise<Job> {
    const job = await this.jobEnded((await started).id);
    if (job.state.name !== "succeeded") throw new Error(`${job.work.kind} ended: ${JSON.stringify(job.state)}`);
    return job;
  }

  async backUp(): Promise<Job> {
    return this.#succeeds((await this.as("admin")).get("startBackup"));
  }

  /** A backup, and the proof of every byte that follows it by itself. */
  async backUpAndProve(): Promise<Job> {
    const job = await this.backUp();
    await this.#isProven(job);
    return job;
  }

  /** Waits until every byte of a backup was read back, and the job that did so has ended. */
  async #isProven({ work }: Job): Promise<void> {
    if (work.kind !== "backup") throw new Error(`a job of kind ${work.kind} makes no backup`);
    const { backupId } = work;
    const api = await this.as("admin");
    await until(
      `backup ${backupId} is proven`,
      async () => {
        const { proofs } = await api.get("getBackup", { params: { backupId } });
        const { items } = await api.get("listActivity");
        const isRead = proofs.some(({ level }) => level === "L2");
        return (
          (isRead && items.every((job) => !("backupId" in job.work && job.work.backupId === backupId))) || undefined
        );
      },
      60_000,
    );
  }

  async suspend(): Promise<Job> {
    return this.#succeeds((await this.as("admin")).get("suspendCluster"));
  }

  async resume(): Promise<Job> {
    return this.#succeeds((await this.as("admin")).get("resumeCluster"));
  }

  /** A plan to restore the newest backup, as an admin. */
  async planRestore(): Promise<RestorePlan> {
    const admin = await this.as("admin");
    const [newest] = (await admin.get("listBackups")).items;
    if (newest === undefined) throw new Error("there is no backup");
    return admin.get("planRestore", { params: { backupId: newest.id } });
  }

  async restoreNewest(): Promise<Job> {
    const { id } = await this.planRestore();
    return this.#succeeds(
      (await this.as("admin")).get("startRestore", { body: { planId: id, clusterName: CLUSTER_NAME } }),
    );
  }

  /** Begins to insert into a table of `shop`, small batches one after the other, with ids from `firstId`. */
  keepsInserting(table: string, firstId: number): Writer {
    return new Writer(this.ranks, table, firstId);
  }

  /** Every file below the store, relative to it: what a job really left there. */
  filesOnStore(): string[] {
    const { storeRoot } = this.servers;
    return readdirSync(storeRoot, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(storeRoot.length + 1))
      .toSorted();
  }

  /**
   * Changes one bit in the middle of the largest file on the store: bytes of a column, of a size that stays the same. Answers its
   * name without folders.
   */
  flipsABitOnTheStore(): string {
    const files = this.filesOnStore().map((name) => join(this.servers.storeRoot, name));
    const [largest] = files.toSorted((a, b) => statSync(b).size - statSync(a).size);
    if (largest === undefined) throw new Error("the store is empty");
    const file = openSync(largest, "r+");
    const middle = Math.floor(statSync(largest).size / 2);
    const byte = Buffer.alloc(1);
    readSync(file, byte, 0, 1, middle);
    writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, middle);
    closeSync(file);
    return basename(largest);
  }
}
