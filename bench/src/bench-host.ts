import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ClickHouseCluster } from "@snapdeck/cluster-clickhouse/clickhouse-cluster";
import { HostClient } from "@snapdeck/cluster-clickhouse/host-client";
import { fileDestination } from "@snapdeck/cluster-clickhouse/sql";
import { HostReady } from "@snapdeck/contract/host";
import { ClusterId } from "@snapdeck/contract/scalars";
import { DirectoryStore } from "@snapdeck/object-store/directory-store";

const HOST = fileURLToPath(new URL("../../apps/cluster/dist/host.mjs", import.meta.url));

/** The built host manager with one rank on a directory of its own, and the adapter that the BFF would use. */
export class BenchHost implements AsyncDisposable {
  readonly root: string;
  readonly storeRoot: string;
  readonly cluster: ClickHouseCluster;
  readonly host: HostClient;
  readonly #process: ChildProcess;

  private constructor(root: string, process: ChildProcess, host: HostClient, cluster: ClickHouseCluster) {
    this.root = root;
    this.storeRoot = join(root, "store");
    this.host = host;
    this.cluster = cluster;
    this.#process = process;
  }

  static async start(): Promise<BenchHost> {
    const root = await mkdtemp(join(tmpdir(), "snapdeck-bench-"));
    const child = spawn(process.execPath, [HOST], { stdio: ["pipe", "pipe", "ignore"] });
    child.stdin.end(JSON.stringify({ clusterDir: join(root, "cluster"), storeRoot: join(root, "store") }));
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const ready = HostReady.parse(JSON.parse(String(line)));
    const address = { url: ready.url, token: (await readFile(ready.tokenFile, "utf8")).trim() };
    const cluster = new ClickHouseCluster({
      id: ClusterId.parse("local"),
      name: "local",
      host: address,
      store: await DirectoryStore.open(join(root, "store")),
      engineStore: fileDestination,
      // Nothing here is a secret: the manifest's signature is what is paid for, not its strength.
      sealer: { seal: (text) => text, unseal: (text) => text },
      clock: () => new Date().toISOString(),
      newSuffix: () => randomBytes(6).toString("hex"),
    });
    const bench = new BenchHost(root, child, new HostClient(address), cluster);
    await bench.#running();
    return bench;
  }

  async #running(): Promise<void> {
    while ((await this.cluster.lifecycle.observe()).state !== "running") {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster.close();
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await exited;
    await rm(this.root, { recursive: true, force: true });
  }
}
