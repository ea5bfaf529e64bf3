import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ClickHouseClient, createClient } from "@clickhouse/client";
import { HostClient } from "@snapdeck/cluster-clickhouse/host-client";
import { HostReady } from "@snapdeck/contract/host";
import { ConsoleClient } from "./console-client.ts";

const built = (program: string) => fileURLToPath(new URL(`../../apps/${program}`, import.meta.url));

/** The built servers as an operator runs them, one rank, and the engine itself beside them: both write to the same disk. */
export class BenchStack implements AsyncDisposable {
  readonly console: ConsoleClient;
  readonly engine: ClickHouseClient;
  readonly #root: string;
  readonly #servers: readonly ChildProcess[];

  private constructor(
    root: string,
    servers: readonly ChildProcess[],
    console: ConsoleClient,
    engine: ClickHouseClient,
  ) {
    this.#root = root;
    this.#servers = servers;
    this.console = console;
    this.engine = engine;
  }

  static async start(): Promise<BenchStack> {
    const root = await mkdtemp(join(tmpdir(), "snapdeck-bench-"));
    const storeRoot = join(root, "store");
    const host = await startServer(root, "cluster/dist/host.mjs", {
      clusterDir: join(root, "cluster"),
      storeRoot,
      backupRoots: [join(root, "database-backups")],
      clusterId: "local",
      name: "local",
      ranks: 1,
      port: 0,
    });
    const { url: hostUrl, tokenFile: hostTokenFile } = HostReady.parse(host.ready);
    const bff = await startServer(root, "bff/dist/bff.mjs", {
      port: 0,
      stateDir: join(root, "state"),
      keysDir: join(root, "keys"),
      // Rounds ask more in a minute than a person does.
      limits: { changesPerMinute: 100_000 },
      logLevel: "warn",
      cluster: {
        id: "local",
        name: "local",
        hostUrl,
        hostTokenFile,
        storeRoot,
        databaseBackupRoots: [join(root, "database-backups")],
      },
    });
    const { url, setupUrl } = bff.ready;
    const console = await ConsoleClient.setUp(String(url), new URL(String(setupUrl)).hash.slice("#token=".length));
    const toHost = new HostClient({ url: hostUrl, token: (await readFile(hostTokenFile, "utf8")).trim() });
    const engine = await engineOf(toHost);
    await console.whenServing();
    const place = `LOCATION = 'FILE://${join(root, "database-backups")}'`;
    await console.run(
      `CREATE SCHEMA ops; CREATE DATA SINK ops.backups ${place}; CREATE DATA SOURCE ops.backups ${place}`,
    );
    return new BenchStack(root, [bff.child, host.child], console, engine);
  }

  /** Of the database backups, which the engine may write to as well. */
  get backups(): string {
    return join(this.#root, "database-backups");
  }

  /** Beside all that, on the same disk. */
  place(name: string): string {
    return join(this.#root, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close();
    for (const server of this.#servers) {
      const exited = once(server, "exit");
      server.kill("SIGTERM");
      await exited;
    }
    await rm(this.#root, { recursive: true, force: true });
  }
}

/** The engine of the only rank, spoken to without us, once it serves. */
async function engineOf(host: HostClient): Promise<ClickHouseClient> {
  for (;;) {
    const [endpoint] = await host.endpoints().catch(() => []);
    if (endpoint !== undefined) {
      const { url, username, password } = endpoint;
      return createClient({ url, username, password, request_timeout: 600_000 });
    }
    await delay(50);
  }
}

type Started = { readonly child: ChildProcess; readonly ready: Readonly<Record<string, unknown>> };

async function startServer(root: string, program: string, config: unknown): Promise<Started> {
  const configFile = join(root, `${program.replaceAll("/", "-")}.json`);
  await writeFile(configFile, JSON.stringify(config));
  const child = spawn(process.execPath, [built(program), "--config", configFile], {
    stdio: ["ignore", "pipe", "inherit"],
    // Whatever database the person who measures works on is left alone.
    env: { ...process.env, DATABASE_URL: undefined },
  });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${program} ended with ${code}`);
  });
  ended.catch(() => undefined);
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
  const ready: unknown = JSON.parse(String(line));
  if (typeof ready !== "object" || ready === null) throw new Error(`${program} said ${line}`);
  return { child, ready: { ...ready } };
}
