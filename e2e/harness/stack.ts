import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Job } from "@snapdeck/contract/job";
import type { Role } from "@snapdeck/contract/role";
import type { JobId } from "@snapdeck/contract/scalars";
import { Api, CLUSTER_ID } from "./api.ts";
import { BUILT } from "./machine.ts";
import { PEOPLE } from "./people.ts";
import { isAlive, processesOf, type Server, startServer, until } from "./processes.ts";
import { Ranks } from "./ranks.ts";

export type StackOptions = {
  /** Engine processes of the cluster. Default 1. */
  readonly ranks?: number;
  /** Further fields of the BFF's configuration. */
  readonly bff?: Record<string, unknown>;
  /** Further fields of the cluster in the BFF's configuration. */
  readonly cluster?: Record<string, unknown>;
  /** Leave Snapdeck as a newcomer finds it: nobody has opened the setup link. Default false. */
  readonly untouched?: boolean;
};

/** What an operator calls the cluster of the stories, and types before a restore. */
export const CLUSTER_NAME = "harbour";

/** The world of a story: a real host manager, real ranks and a real BFF in a home of their own, gone when the story ends. */
export class Stack {
  readonly home: string;
  readonly options: StackOptions;
  readonly #logs: string;
  #host: Server | undefined;
  #bff: Server | undefined;
  readonly #apis = new Map<Role, Api>();
  readonly ranks: Ranks;

  private constructor(options: StackOptions) {
    this.options = options;
    this.home = mkdtempSync(join(tmpdir(), "snapdeck-story-"));
    this.#logs = join(this.home, "logs");
    mkdirSync(this.#logs);
    mkdirSync(join(this.home, "tmp"));
    this.ranks = new Ranks(() => String(this.#running("host").ready["url"]), join(this.home, "cluster/host-token"));
  }

  /** Starts everything, and unless `untouched` is asked for, makes one user of each role. */
  static async start(options: StackOptions = {}): Promise<Stack> {
    const stack = new Stack(options);
    try {
      await stack.startHost();
      await stack.startBff();
      await until("the ranks are up", async () => {
        const { ranks } = await stack.ranks.status();
        return ranks.every((rank) => rank.state === "up") || undefined;
      });
      if (options.untouched !== true) await stack.#inviteEverybody();
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  #running(which: "host" | "bff"): Server {
    const server = which === "host" ? this.#host : this.#bff;
    if (server === undefined) throw new Error(`the ${which} does not run`);
    return server;
  }

  /** Where the page is. */
  get url(): string {
    return String(this.#running("bff").ready["url"]);
  }

  /** The link of the first start; absent once there is a user. */
  get setupUrl(): string | undefined {
    const url = this.#running("bff").ready["setupUrl"];
    return url === undefined ? undefined : String(url);
  }

  get storeRoot(): string {
    return join(this.home, "store");
  }

  async startHost(): Promise<void> {
    const config = join(this.home, "host.json");
    const port = this.#host === undefined ? 0 : Number(new URL(String(this.#host.ready["url"])).port);
    writeFileSync(
      config,
      JSON.stringify({
        clusterDir: join(this.home, "cluster"),
        storeRoot: this.storeRoot,
        clusterId: CLUSTER_ID,
        name: CLUSTER_NAME,
        ranks: this.options.ranks ?? 1,
        port,
      }),
    );
    // Ranks are given few variables and this is one of them: by its value a rank that was left behind is found.
    this.#host = await startServer(BUILT.host, config, join(this.#logs, "host.log"), {
      TMPDIR: join(this.home, "tmp"),
    });
  }

  /** Starts the BFF; one that was started before comes back on the same port, as a service manager would do it. */
  async startBff(): Promise<void> {
    const config = join(this.home, "bff.json");
    const port = this.#bff === undefined ? 0 : Number(new URL(this.url).port);
    const host = this.#running("host").ready;
    writeFileSync(
      config,
      JSON.stringify({
        listenHost: "127.0.0.1",
        port,
        stateDir: join(this.home, "state"),
        keysDir: join(this.home, "keys"),
        staticDir: BUILT.workbench,
        // Stories ask more in a second than a person does.
        limits: {
          signInsPerMinute: 1_000,
          signInsPerMinuteOfAddress: 1_000,
          changesPerMinute: 1_000,
          readsPerSecond: 1_000,
        },
        ...this.options.bff,
        cluster: {
          id: CLUSTER_ID,
          name: CLUSTER_NAME,
          hostUrl: host["url"],
          hostTokenFile: host["tokenFile"],
          storeRoot: this.storeRoot,
          ...this.options.cluster,
        },
      }),
    );
    this.#bff = await startServer(BUILT.bff, config, join(this.#logs, "bff.log"), { TMPDIR: join(this.home, "tmp") });
  }

  /** SIGKILL: no goodbye, nothing written. */
  async killBff(): Promise<void> {
    await this.#running("bff").kill();
  }

  async killHost(): Promise<void> {
    await this.#running("host").kill();
  }

  /** SIGKILL to one rank's process; the host manager starts it again. */
  async killRank(rank: number): Promise<void> {
    const { ranks } = await this.ranks.status();
    const pid = ranks.find((each) => each.rank === rank)?.pid;
    if (pid === undefined) throw new Error(`rank ${rank} has no process`);
    process.kill(pid, "SIGKILL");
    await until("the rank is gone", () => !isAlive(pid) || undefined);
  }

  async #inviteEverybody(): Promise<void> {
    const token =
      new URL(this.setupUrl ?? "").hash.replace(/^#/, "") || new URL(this.setupUrl ?? "").searchParams.get("token");
    const admin = new Api(() => this.url);
    await admin.setUp(token ?? "", PEOPLE.admin.username, PEOPLE.admin.password);
    this.#apis.set("admin", admin);
    for (const role of ["viewer", "operator"] as const) {
      await admin.get("createUser", { body: { ...PEOPLE[role], role } });
    }
  }

  /** The server asked directly, signed in as that role. */
  async as(role: Role): Promise<Api> {
    const known = this.#apis.get(role);
    if (known !== undefined) return known;
    const api = new Api(() => this.url);
    await api.signIn(PEOPLE[role].username, PEOPLE[role].password);
    this.#apis.set(role, api);
    return api;
  }

  /** Waits until a job has ended, and answers how. */
  async jobEnded(jobId: JobId, timeoutMs = 60_000): Promise<Job> {
    const api = await this.as("admin");
    return until(
      `job ${jobId} has ended`,
      async () => {
        const job = await api.get("getJob", { params: { jobId } });
        return ["queued", "running", "canceling"].includes(job.state.name) ? undefined : job;
      },
      timeoutMs,
    );
  }

  /** Does something that answers with a job, and waits until that job succeeded. */
  async #succeeds(start: Promise<Job>): Promise<Job> {
    const job = await this.jobEnded((await start).id);
    if (job.state.name !== "succeeded")
      throw new Error(`${job.work.kind} ended ${job.state.name}: ${JSON.stringify(job.state)}`);
    return job;
  }

  async backUp(): Promise<Job> {
    return this.#succeeds((await this.as("admin")).get("startBackup"));
  }

  async suspend(): Promise<Job> {
    return this.#succeeds((await this.as("admin")).get("suspendCluster"));
  }

  async resume(): Promise<Job> {
    return this.#succeeds((await this.as("admin")).get("resumeCluster"));
  }

  /** Every file below the store, relative to it: what a job really left there. */
  filesOnStore(): string[] {
    return readdirSync(this.storeRoot, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.storeRoot.length + 1))
      .toSorted();
  }

  /** Ends everything and removes the home. Fails when a process of this story is still there afterwards. */
  async stop(): Promise<void> {
    const codes = [await this.#stopServer(this.#bff), await this.#stopServer(this.#host)];
    const left = await until(
      "no process of this story is left",
      () => {
        const found = processesOf(this.home);
        return found.length === 0 ? found : undefined;
      },
      15_000,
    ).catch(() => processesOf(this.home));
    for (const { pid } of left) process.kill(pid, "SIGKILL");
    rmSync(this.home, { recursive: true, force: true });
    if (left.length > 0)
      throw new Error(`left behind: ${left.map(({ pid, command }) => `${pid} ${command}`).join("; ")}`);
    if (codes.some((code) => code !== 0))
      throw new Error(`BFF and host manager ended with ${codes.join(" and ")}, not with 0`);
  }

  /** The exit code of a clean stop; 0 for a server that the story itself ended. */
  async #stopServer(server: Server | undefined): Promise<number | null> {
    return server !== undefined && isAlive(server.pid) ? server.stop() : 0;
  }

  /** What the servers logged, for a story that failed. */
  get logFolder(): string {
    return this.#logs;
  }
}
