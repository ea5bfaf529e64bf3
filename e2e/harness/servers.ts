import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLUSTER_ID } from "./api.ts";
import type { Address } from "./exchange.ts";
import { freePort, Line } from "./line.ts";
import { BUILT } from "./machine.ts";
import { isAlive, processesOf, type Server, startServer, until } from "./processes.ts";

export type ServerOptions = {
  /** Engine processes of the cluster. Default 1. */
  readonly ranks?: number;
  /** Further fields of the BFF's configuration. */
  readonly bff?: Record<string, unknown>;
  /** Further fields of the cluster in the BFF's configuration. */
  readonly cluster?: Record<string, unknown>;
  /** Lay a line between browser and server that the story can cut. Default false. */
  readonly line?: boolean;
  /** Where the store is, below the home. Default `store`. */
  readonly store?: string;
  /** Done once the home is there and before anything is started, such as mounting a small disk below it. */
  readonly prepare?: (servers: Servers) => void;
  /** Done when no process is left and before the home is removed. */
  readonly clearUp?: (servers: Servers) => void;
};

/** How one start of a server differs from the others. */
export type StartOptions = {
  readonly env?: NodeJS.ProcessEnv;
  /** Further fields of the BFF's configuration. */
  readonly bff?: Record<string, unknown>;
  /** Further fields of the cluster in the BFF's configuration. */
  readonly cluster?: Record<string, unknown>;
};

/** What an operator calls the cluster of the stories, and types before a restore. */
export const CLUSTER_NAME = "harbour";

/** A real host manager and a real BFF with a home of their own, as an operator's service manager would run them. */
export class Servers {
  readonly home = mkdtempSync(join(tmpdir(), "snapdeck-story-"));
  readonly logs = join(this.home, "logs");
  readonly storeRoot: string;
  /** Below it data sinks and data sources may lead to directories. */
  readonly databaseBackups = join(this.home, "database-backups");
  readonly tokenFile = join(this.home, "cluster/host-token");
  readonly #options: ServerOptions;
  readonly #temporary = join(this.home, "tmp");
  #host: Server | undefined;
  #bff: Server | undefined;
  #bffPort = 0;
  #line: Line | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.storeRoot = join(this.home, options.store ?? "store");
    mkdirSync(this.logs);
    mkdirSync(this.#temporary);
    options.prepare?.(this);
  }

  get host(): Server {
    if (this.#host === undefined) throw new Error("the host manager was not started");
    return this.#host;
  }

  get bff(): Server {
    if (this.#bff === undefined) throw new Error("the BFF was not started");
    return this.#bff;
  }

  get line(): Line {
    if (this.#line === undefined) throw new Error("this story has no line; ask for one with `line: true`");
    return this.#line;
  }

  get hostUrl(): string {
    return String(this.host.ready["url"]);
  }

  get #bffUrl(): string {
    return `http://127.0.0.1:${this.#bffPort}`;
  }

  /** Where the page is: at the end of the line where there is one. */
  get url(): string {
    return this.#line?.url ?? this.#bffUrl;
  }

  /** Where the BFF itself is, past any line, and the name it wants to be called by. */
  get address(): Address {
    return { url: this.#bffUrl, host: new URL(this.url).host };
  }

  /** Starts the host manager; one that ran before comes back on the same port. */
  async startHost({ env = {} }: Pick<StartOptions, "env"> = {}): Promise<void> {
    const port = this.#host === undefined ? 0 : Number(new URL(this.hostUrl).port);
    const config = {
      clusterDir: join(this.home, "cluster"),
      storeRoot: this.storeRoot,
      backupRoots: [this.databaseBackups],
      clusterId: CLUSTER_ID,
      name: CLUSTER_NAME,
      ranks: this.#options.ranks ?? 1,
      port,
    };
    this.#host = await this.#start("host", config, env);
  }

  /** Starts the BFF; one that ran before comes back on the same port. */
  async startBff({ env = {}, bff = {}, cluster = {} }: StartOptions = {}): Promise<void> {
    if (this.#options.line === true && this.#line === undefined) {
      // A BFF that is told its public origin says only that; so the port that it really has is chosen here.
      this.#bffPort = await freePort();
      this.#line = await Line.lay(() => new URL(this.#bffUrl));
    }
    const config = {
      port: this.#bffPort,
      ...(this.#line === undefined ? {} : { publicOrigin: this.#line.url }),
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
      ...this.#options.bff,
      ...bff,
      cluster: {
        id: CLUSTER_ID,
        name: CLUSTER_NAME,
        hostUrl: this.hostUrl,
        hostTokenFile: this.tokenFile,
        storeRoot: this.storeRoot,
        databaseBackupRoots: [this.databaseBackups],
        ...this.#options.cluster,
        ...cluster,
      },
    };
    this.#bff = await this.#start("bff", config, env);
    if (this.#line === undefined) this.#bffPort = Number(new URL(String(this.#bff.ready["url"])).port);
  }

  async #start(name: "host" | "bff", config: Record<string, unknown>, env: NodeJS.ProcessEnv): Promise<Server> {
    const configFile = join(this.home, `${name}.json`);
    writeFileSync(configFile, JSON.stringify(config));
    // Ranks are given few variables and this is one of them: by its value a rank that was left behind is found.
    return startServer(BUILT[name], configFile, join(this.logs, `${name}.log`), {
      TMPDIR: this.#temporary,
      ...env,
    });
  }

  /** Ends everything and removes the home. Fails when a process is still there afterwards, or did not end as it should. */
  async stop(): Promise<void> {
    await this.#line?.remove();
    const codes = [await stopServer(this.#bff), await stopServer(this.#host)];
    const gone = () => (processesOf(this.home).length === 0 ? true : undefined);
    await until("no process of this story is left", gone, 15_000).catch(() => undefined);
    const left = processesOf(this.home);
    for (const { pid } of left) process.kill(pid, "SIGKILL");
    this.#options.clearUp?.(this);
    rmSync(this.home, { recursive: true, force: true });
    if (left.length > 0)
      throw new Error(`left behind: ${left.map(({ pid, command }) => `${pid} ${command}`).join("; ")}`);
    if (codes.some((code) => code !== 0))
      throw new Error(`BFF and host manager ended with ${codes.join(" and ")}, not with 0`);
  }
}

/** The exit code of a clean stop; 0 for a server that the story itself ended, or that never ran. */
async function stopServer(server: Server | undefined): Promise<number | null> {
  return server !== undefined && isAlive(server.pid) ? server.stop() : 0;
}
